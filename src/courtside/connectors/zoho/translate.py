"""From Zoho's modules to record tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from courtside.connectors.adapter import Quality, Refusal, RefusedRow, Source
from courtside.connectors.names import Names
from courtside.connectors.zoho.activities import IDS, Activities
from courtside.connectors.zoho.cells import notation
from courtside.connectors.zoho.export import Export, Role, Row
from courtside.connectors.zoho.lines import Line, Writer
from courtside.connectors.zoho.money import Invoices, monthly
from courtside.connectors.zoho.owners import OWNER_COLUMNS, Owners, full_name

SOURCES = (
    "Advertisement", "Cold Call", "Employee Referral", "External Referral", "Online Store", "Partner",
    "Public Relations", "Sales Email Alias", "Seminar Partner", "Internal Seminar", "Trade Show", "Web Download",
    "Web Research", "Chat",
)  # fmt: skip
"""The lead sources Zoho CRM comes with, in its own spelling."""
ACTIVITIES: tuple[Role, ...] = ("calls", "events", "tasks")
WON, LOST = "closed won", "closed lost"
TABLES: Mapping[Role, str] = {
    "users": "people", "leads": "leads", "deals": "opportunities", "calls": "activities", "events": "activities",
    "tasks": "activities", "campaigns": "spend", "accounts": "accounts", "contacts": "contacts",
    "invoices": "transactions", "orders": "transactions",
}  # fmt: skip
_DEAL_IDS = ("potentialid", "potential id", "deal id", "record id", "leadid", "lead id")
_LEAD_IDS = ("leadid", "lead id", "record id")
_EXAMPLES = 5


def status_of(stage: str) -> str:
    """won, lost or open: every stage that does not begin with Closed Won or Closed Lost is one of an open deal."""
    plain = " ".join(stage.lower().replace("-", " ").split())
    return "won" if plain.startswith(WON) else "lost" if plain.startswith(LOST) else "open"


class Translation:
    """The records of one export. What cannot be read is in `refusals` and `refused_rows` once `sources` was called."""

    def __init__(self, export: Export, scratch: Path, answers: Mapping[str, str]) -> None:
        self._export = export
        self._notation = notation(export, answers)
        self._owners = Owners(export)
        self._writer = Writer(scratch)
        self._sources = Names(SOURCES)
        self._activities = Activities()
        self._invoices = Invoices({row.get("salesorderid", "record id"): row for row in export.rows("orders")})
        self._contradictions: dict[str, list[str]] = {}
        self._campaigns = _campaigns_of_leads(export)
        self.refusals: list[Refusal] = list(self._strangers())

    @property
    def refused_rows(self) -> tuple[RefusedRow, ...]:
        """The rows that could not be read, in the modules' own terms."""
        uneven = (RefusedRow(TABLES[role], refusal, cells) for role, refusal, cells in self._export.uneven)
        return (*uneven, *self._writer.refused_rows)

    @property
    def set_aside(self) -> tuple[RefusedRow, ...]:
        """Rows that count nowhere and are kept: copies, and invoices without an amount."""
        return (*self._activities.set_aside, *self._invoices.set_aside)

    def _strangers(self) -> Iterator[Refusal]:
        """Owners named by name, while nothing in the export gives a name its id."""
        for module, rows in self._export.modules:
            for name, id in OWNER_COLUMNS:
                if module.has(name) and not module.has(id) and rows and not self._owners.are_known:
                    mend = "owners are named by name here; import the users (User Id, Last Name) together with it"
                    yield Refusal(
                        module.rows.shown_as, module.rows.sheet, None, module.column(name), None, "missing_file", mend
                    )

    def sources(self) -> tuple[Source, ...]:
        """The record tables, as files of their own that keep the export's lines and column names."""
        if self.refusals:
            return ()
        return tuple(source for source in self._all() if source is not None)

    def _all(self) -> Iterator[Source | None]:
        for role, fill in self._fillers().items():
            for module, rows in self._export.of(role):
                lines = (self._filled(row, fill) for row in rows)
                yield self._writer.write(module, TABLES[role], lines)
        for module, rows in self._export.of("campaigns"):
            lines = (line for row in rows for line in monthly(partial(self._new, row)))
            yield self._writer.write(module, "spend", lines, extras=False)
        for module, rows in self._export.of("invoices"):
            yield self._writer.write(module, "transactions", self._invoices.lines(rows, self._new))
        for role in ACTIVITIES:
            for module, rows in self._export.of(role):
                yield self._writer.write(module, "activities", self._activities.lines(module, rows, self._new))

    def _new(self, row: Row) -> Line:
        return Line(row, self._notation, self._owners)

    def _filled(self, row: Row, fill: Callable[[Line], None]) -> Line:
        line = self._new(row)
        fill(line)
        return line

    def _fillers(self) -> Mapping[Role, Callable[[Line], None]]:
        return {
            "users": _user,
            "accounts": _account,
            "contacts": _contact,
            "leads": self._lead,
            "deals": self._deal,
        }

    def _lead(self, line: Line) -> None:
        line.text("lead_id", *_LEAD_IDS)
        line.owner("person_id", "lead owner")
        line.instant("created_at", "created time")
        line.put("source", self._source(line.row), "lead source")
        campaign, deal = self._campaigns.get(line.values["lead_id"], ("", ""))
        line.put("campaign", campaign, "campaign")
        line.put("opportunity_id", deal, "opportunity_id")
        if line.row.module.has("no of employees", "no. of employees"):
            line.text("employees", "no of employees", "no. of employees")

    def _source(self, row: Row) -> str:
        said = row.get("lead source")
        return (self._sources.find(said) or self._sources.add(said)) if said else ""

    def _deal(self, line: Line) -> None:
        row = line.row
        status = status_of(row.get("stage"))
        line.text("opportunity_id", *_DEAL_IDS)
        line.owner("person_id", "potential owner" if row.module.has("potential owner") else "deal owner")
        line.put("lead_id", row.get("leadid", "lead id"), "leadid", "lead id")
        line.put("source", self._source(row), "lead source")
        line.put("status", status, "stage")
        line.text("stage", "stage")
        line.instant("opened_at", "created time")
        line.instant("closed_at", "closing date")
        closing = line.values["closed_at"]
        line.put("closed_at", closing if status != "open" else "", "closing date")
        line.put("expected_close_on", closing[:10] if status == "open" else "", "closing date")
        line.amount("amount", "amount")
        if row.module.has("accountid", "account id"):
            line.reference("account_id", "accountid", "account id")
        self._contradict(row, status)

    def _contradict(self, row: Row, status: str) -> None:
        """Note what of a deal cannot be true beside its stage."""
        id, said = row.get(*_DEAL_IDS), row.get("forecast type").lower()
        if said in ("won", "lost", "open") and said != status:
            self._contradictions.setdefault("are of another forecast type than their stage", []).append(id)
        chance = row.get("probability").rstrip("%")
        if (status, chance) == ("lost", "100"):
            self._contradictions.setdefault("are lost and have a probability of 100 %", []).append(id)
        if (status, chance) == ("won", "0"):
            self._contradictions.setdefault("are won and have a probability of 0 %", []).append(id)

    def quality(self) -> tuple[Quality, ...]:
        """The export's habits: copies, names spelled in two ways, stages and probabilities that disagree."""
        return tuple(self._notes())

    def _notes(self) -> Iterator[Quality]:
        yield from self._activities.notes()
        for what, table, names in (("source", "opportunities", self._sources), ("owner", "people", self._owners.names)):
            for (spelled, known), count in names.aliases.items():
                yield Quality(
                    "alias", table, count, (spelled,),
                    f"{count} rows call the {what} {known!r} {spelled!r}; they are counted under {known!r}",
                )  # fmt: skip
        for what, ids in self._contradictions.items():
            yield Quality(
                "flag_contradicts_stage", "opportunities", len(ids), tuple(ids[:_EXAMPLES]),
                f"{len(ids)} deals {what}; the stage is believed",
            )  # fmt: skip
        yield from self._blank_deals()
        yield from self._invoices.notes()

    def _blank_deals(self) -> Iterator[Quality]:
        """Calls and events that say 0 where a deal's number should stand."""
        for role in ACTIVITIES[:2]:
            ids = [
                row.get(*IDS[role])
                for row in self._export.rows(role)
                if row.get("potentialid", "potential id", "deal id") == "0"
            ]
            if ids:
                yield Quality(
                    "blank_reference", "activities", len(ids), tuple(ids[:_EXAMPLES]),
                    f"{len(ids)} rows of the {role} name deal 0, which is none",
                )  # fmt: skip


def _user(line: Line) -> None:
    line.text("person_id", "user_id", "user id")
    line.put("name", full_name(line.row), "last name")
    line.text("email", "email")
    line.put("role", "seller", "role")


def _account(line: Line) -> None:
    line.text("account_id", "accountid", "account id", "record id")
    line.text("name", "account name")
    line.text("industry", "industry")
    line.owner("owner_id", "account owner")
    if line.row.module.has("employees"):
        line.text("employees", "employees")
    if line.row.module.has("annual revenue"):
        line.put("annual_revenue", line.row.get("annual revenue"), "annual revenue")


def _contact(line: Line) -> None:
    line.text("contact_id", "contactid", "contact id", "record id")
    line.put("name", full_name(line.row), "last name")
    line.reference("account_id", "accountid", "account id")
    if line.row.module.has("title"):
        line.text("title", "title")


def _campaigns_of_leads(export: Export) -> dict[str, tuple[str, str]]:
    """Lead -> the name of the campaign its deal came from, and the deal."""
    names = {
        row.get("campaignid", "campaign id", "record id"): row.get("campaign name") for row in export.rows("campaigns")
    }
    found: dict[str, tuple[str, str]] = {}
    for row in export.rows("deals"):
        lead, campaign = row.get("leadid", "lead id"), row.get("campaign id", "campaignid")
        if lead:
            found[lead] = (names.get(campaign, campaign), row.get(*_DEAL_IDS))
    return found
