"""From the export's four files to record tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from courtside.connectors.adapter import EXTRA, Quality, Refusal, RefusedRow, Source
from courtside.connectors.delimited import as_line
from courtside.connectors.maven.export import Export, Role, Row
from courtside.connectors.names import Names

STATUSES = {"won": "won", "lost": "lost", "engaging": "open", "prospecting": "open"}
"""deal_stage -> status. Engaging and Prospecting are the two stages of an open deal."""
CURRENCY = "USD"
"""The export's data dictionary gives amounts in US dollars, revenues in millions of them."""
BELONGED_FROM = 2000
"""The export says to whom agents report, not since when. They are taken to have done so from the start of
this year, or of the year of its earliest date if that is before: a fixed day, so that importing a part of
the export says the same of a person as importing all of it."""

_TABLES: dict[Role, str] = {"pipeline": "opportunities", "accounts": "accounts", "products": "opportunities",
                            "teams": "people"}  # fmt: skip
_PLAIN = re.compile(r"\d+(\.\d*)?|\.\d+")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_MILLION = 1_000_000
_EXAMPLES = 5


class Translation:
    """The records of one export. Rows it refuses are in `refused_rows` once `sources` was called."""

    def __init__(self, export: Export, scratch: Path) -> None:
        self._export = export
        self._scratch = scratch
        self._people = Names()
        self._accounts = Names(row.cells["account"].strip() for row in self._rows("accounts"))
        self._prices: dict[str, str] = {}
        self._products = Names()
        self._blank_accounts: list[str] = []
        self._undated: list[str] = []
        self.refused_rows: list[RefusedRow] = [
            RefusedRow(_TABLES[role], refusal, cells) for role, refusal, cells in export.uneven
        ]

    def _rows(self, role: Role) -> Sequence[Row]:
        return self._export.rows.get(role, ())

    def sources(self) -> tuple[Source, ...]:
        """The record tables, written as files of their own that keep the export's lines and column names."""
        self._learn_products()
        found = [*self._teams(), self._account_source(), self._pipeline_source()]
        return tuple(source for source in found if source is not None)

    def _refuse(self, role: Role, row: Row, column: str, reason: str, mend: str) -> None:
        value = row.cells.get(column)
        refusal = Refusal(row.file, None, row.line, column, value, reason, mend)
        self.refused_rows.append(RefusedRow(_TABLES[role], refusal, row.cells))

    def _learn_products(self) -> None:
        for row in self._rows("products"):
            price = row.cells["sales_price"].strip()
            if not _PLAIN.fullmatch(price):
                mend = "write the list price in plain digits, such as 550"
                self._refuse("products", row, "sales_price", "not_a_number", mend)
                price = ""
            self._prices[self._products.add(row.cells["product"].strip())] = price

    def _write(
        self, role: Role, table: str, rows: Iterable[tuple[int, Mapping[str, str]]], columns: Mapping[str, str],
        constants: Mapping[str, str] | None = None,
    ) -> Source:  # fmt: skip
        """A file of lines for a table; `columns` says which column of the rows is which field."""
        header = tuple(dict.fromkeys(columns.values()))
        path = self._scratch / f"{table}.rows"
        with path.open("w", encoding="utf-8") as file:
            for line, cells in rows:
                file.write(as_line(line, [cells.get(name, "") for name in header]) + "\n")
        shown_as = self._rows(role)[0].file if self._rows(role) else f"{role}.csv"
        return Source(table, path, shown_as, "lines", header, columns, constants=constants or {})

    def _teams(self) -> Iterator[Source]:
        if "teams" not in self._export.rows:
            return
        agents = [
            (row.line, {name: self._known(cell) if name != "regional_office" else cell.strip() for name, cell in
                        row.cells.items()})
            for row in self._rows("teams")
        ]  # fmt: skip
        yield self._write(
            "teams",
            "people",
            _everybody(agents),
            {"person_id": "sales_agent", "name": "name", "role": "role"},
        )
        extras = {EXTRA + name: name for name in self._export.extras("teams")}
        columns = {"person_id": "sales_agent", "manager_id": "manager", "team": "team", "region": "regional_office"}
        assigned = [(line, {**cells, "team": cells["manager"]}) for line, cells in agents]
        constants = {"valid_from": f"{min(BELONGED_FROM, self._first_year()):04d}-01-01"}
        yield self._write("teams", "assignments", assigned, columns | extras, constants)

    def _known(self, name: str) -> str:
        name = " ".join(name.split())
        return self._people.add(name) if name else ""

    def _first_year(self) -> int:
        dates = (row.cells[name] for row in self._rows("pipeline") for name in ("engage_date", "close_date"))
        return min((int(year) for date in dates for year in _YEAR.findall(date)), default=BELONGED_FROM)

    def _account_source(self) -> Source | None:
        if "accounts" not in self._export.rows:
            return None
        columns = {
            "account_id": "account",
            "name": "name",
            "industry": "sector",
            "employees": "employees",
            "annual_revenue": "revenue",
            "parent_id": "subsidiary_of",
        } | {EXTRA + name: name for name in self._export.extras("accounts")}
        return self._write("accounts", "accounts", map(self._account, self._rows("accounts")), columns)

    def _account(self, row: Row) -> tuple[int, dict[str, str]]:
        name = row.cells["account"].strip()
        parent = row.cells["subsidiary_of"].strip()
        return row.line, row.cells | {
            "account": name,
            "name": name,
            "sector": row.cells["sector"].strip(),
            "revenue": _millions(row.cells["revenue"].strip()),
            "subsidiary_of": self._accounts.find(parent) or parent,
        }

    def _pipeline_source(self) -> Source | None:
        if "pipeline" not in self._export.rows:
            return None
        columns = {
            "opportunity_id": "opportunity_id",
            "person_id": "sales_agent",
            "account_id": "account",
            "product": "product",
            "opened_at": "engage_date",
            "closed_at": "close_date",
            "status": "status",
            "stage": "deal_stage",
            "amount": "close_value",
            "list_price": "sales_price",
        } | {EXTRA + name: name for name in self._export.extras("pipeline")}
        deals = (deal for deal in map(self._deal, self._rows("pipeline")) if deal is not None)
        return self._write("pipeline", "opportunities", deals, columns, {"currency": CURRENCY})

    def _deal(self, row: Row) -> tuple[int, dict[str, str]] | None:
        """A row of the pipeline in our terms, or None if it is refused."""
        status = STATUSES.get(row.cells["deal_stage"].strip().lower())
        product = self._products.find(row.cells["product"].strip())
        if status is None:
            stages = ", ".join(name.capitalize() for name in STATUSES)
            self._refuse("pipeline", row, "deal_stage", "not_one_of", f"write one of {stages}")
        if product is None:
            near = self._products.nearest(row.cells["product"])
            hint = f"nearest: {near}" if near else "add it there with its price"
            self._refuse("pipeline", row, "product", "not_one_of", f"no row of the products file has this name; {hint}")
        if status is None or product is None:
            return None
        self._note_blanks(row, status)
        agent, account = " ".join(row.cells["sales_agent"].split()), row.cells["account"].strip()
        return row.line, row.cells | {
            "opportunity_id": row.cells["opportunity_id"].strip(),
            "sales_agent": self._people.find(agent) or agent,
            "account": self._accounts.find(account) or account,
            "product": product,
            "sales_price": self._prices[product],
            "status": status,
            "deal_stage": row.cells["deal_stage"].strip(),
        }

    def _note_blanks(self, row: Row, status: str) -> None:
        if not row.cells["account"].strip():
            self._blank_accounts.append(row.cells["opportunity_id"])
        if status == "open" and not row.cells["engage_date"].strip():
            self._undated.append(row.cells["opportunity_id"])

    def quality(self) -> tuple[Quality, ...]:
        """The export's habits: names spelled in two ways, deals without an account or a date."""
        return tuple(self._notes())

    def _notes(self) -> Iterator[Quality]:
        for what, names in (("product", self._products), ("agent", self._people), ("account", self._accounts)):
            for (spelled, known), count in names.aliases.items():
                yield Quality(
                    "alias", "opportunities", count, (spelled,),
                    f"{count} rows call the {what} {known!r} {spelled!r}; they are counted under {known!r}",
                )  # fmt: skip
        if self._blank_accounts:
            yield _blank(self._blank_accounts, "name no account")
        if self._undated:
            yield _blank(self._undated, "are open without a date of opening; they count in the period `all` only")


def _blank(ids: Sequence[str], what: str) -> Quality:
    return Quality(
        "blank_reference", "opportunities", len(ids), tuple(ids[:_EXAMPLES]), f"{len(ids)} opportunities {what}"
    )


def _millions(text: str) -> str:
    """Millions as units; what is no plain number stays as it is, to be refused with its line."""
    return str(Decimal(text) * _MILLION) if _PLAIN.fullmatch(text) else text


def _everybody(agents: Sequence[tuple[int, Mapping[str, str]]]) -> Iterator[tuple[int, dict[str, str]]]:
    """Agents as sellers, each on their line; managers on the line that first names them."""
    managers = {cells["manager"]: line for line, cells in reversed(agents) if cells["manager"]}
    for line, cells in agents:
        name = cells["sales_agent"]
        yield line, {"sales_agent": name, "name": name, "role": "manager" if name in managers else "seller"}
    sellers = {cells["sales_agent"] for _, cells in agents}
    for name, line in managers.items():
        if name not in sellers:
            yield line, {"sales_agent": name, "name": name, "role": "manager"}
