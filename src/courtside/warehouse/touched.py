"""What an import, an undo or a mended row touches: the days whose figures must be counted again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from courtside.metrics.metric import Measure
from courtside.metrics.vocabulary import COMPUTED
from courtside.records.tables import DERIVED, LINKS, TABLES
from courtside.warehouse.batches import BatchFile, Holding, known, quoted
from courtside.warehouse.cells import Group
from courtside.warehouse.engines.duckdb import DuckEngine
from courtside.warehouse.expressions import Needs, needs_of
from courtside.warehouse.generation import Inputs
from courtside.warehouse.touches import FOLLOW_UP_DAYS

ROW_FILES = (Holding.ROWS, Holding.REPLACED, Holding.CARRIED)
_DAY = timedelta(days=1)

Days = frozenset[date] | None
"""The days touched; None for every day there is."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The tables with rows that came, went or were replaced; each is a temporary table `changed_NAME`."""

    engine: DuckEngine
    tables: frozenset[str]

    def days(self, query: str) -> frozenset[date]:
        """The days a query of ours gives."""
        return frozenset(row[0] for row in self.engine.con.execute(query).fetchall() if row[0] is not None)


def changes(engine: DuckEngine, inputs: Inputs, earlier: Iterable[str]) -> Changed | None:
    """What changed between the holdings of an earlier generation and now; None if that cannot be told.

    Files that came with new batches hold new and replaced versions. Of batches that went, the versions
    living now under the same keys are added. Files that took another's place (an erasure) say nothing
    of what changed: everything is made again.
    """
    before = {line.split(" ")[0]: set[str]() for line in earlier}
    for line in earlier:
        before[line.split(" ")[0]].add(line.split(" ")[1])
    now = {str(b.number): {f.path for f in b.files} for b in known(inputs.batches, None)}
    if any(paths - now[number] for number, paths in before.items() if number in now):
        return None
    came: dict[str, list[BatchFile]] = {}
    went: dict[str, list[BatchFile]] = {}
    for batch in inputs.batches:
        number = str(batch.number)
        for file in batch.files:
            if file.holding not in ROW_FILES or not file.rows:
                continue
            if file.path in now.get(number, ()) and file.path not in before.get(number, ()):
                came.setdefault(file.table, []).append(file)
            elif number in before and number not in now:
                went.setdefault(file.table, []).append(file)
    for name in {*came, *went}:
        _gather(engine, inputs.root, name, came.get(name, []), went.get(name, []))
    return Changed(engine, frozenset({*came, *went}))


def _gather(engine: DuckEngine, root: Path, name: str, came: list[BatchFile], went: list[BatchFile]) -> None:
    table = TABLES[name]
    facts = ", ".join(f'"{column.name}"' for column in table.facts)
    parts = [f"SELECT {facts} FROM read_parquet({quoted(str(root / file.path))})" for file in (*came, *went)]
    engine.con.execute(f"CREATE OR REPLACE TEMP TABLE changed_{name} AS {' UNION ALL '.join(parts)}")
    if went:
        same = " AND ".join(f'v."{k}" IS NOT DISTINCT FROM c."{k}"' for k in table.key)
        engine.con.execute(
            f"INSERT INTO changed_{name} SELECT {facts} FROM {name} v SEMI JOIN "
            f"(SELECT * FROM changed_{name}) c ON {same}"
        )


@dataclass(slots=True)
class Touch:
    """Collects the days of one pass that changes in its own and in other tables touch."""

    group: Group
    changed: Changed
    needs: Needs
    days: set[date] = field(default_factory=set)
    everything: bool = False

    @classmethod
    def of(cls, group: Group, changed: Changed) -> Days:
        """The days of a pass that must be counted again. A table made from others is always made anew."""
        if group.table in DERIVED:
            return None
        bodies = [m.body for m in group.metrics if isinstance(m.body, Measure)]
        nodes = [node for body in bodies for node in (body.where, body.take.of)]
        touch = cls(group, changed, needs_of(group.table, *nodes, columns=(group.date, group.owner)))
        for look in (touch._own, touch._links, touch._computed, touch._money):
            look()
        return None if touch.everything else frozenset(touch.days)

    def _has(self, *tables: str) -> bool:
        return bool(self.changed.tables.intersection(tables))

    def _add(self, query: str) -> None:
        self.days |= self.changed.days(query)

    def _own(self) -> None:
        """Rows of the table itself, by the date they count on; a computed date is found by its sources."""
        if self._has(self.group.table) and self.group.date not in _computed_names(self.group.table):
            self._add(f'SELECT DISTINCT CAST("{self.group.date}" AS DATE) FROM changed_{self.group.table}')

    def _links(self) -> None:
        """Rows that follow a link to a row that changed."""
        for link in self.needs.links:
            own, target = LINKS[self.group.table][link]
            if self._has(target):
                self._reached(own, target)

    def _reached(self, own: str, target: str) -> None:
        key = TABLES[target].key[0]
        self._add(
            f'SELECT DISTINCT CAST(r."{self.group.date}" AS DATE) FROM {self.group.table} r '
            f'SEMI JOIN changed_{target} c ON c."{key}" = r."{own}"'
        )

    def _money(self) -> None:
        """Other rates change every amount."""
        if self._has("exchange_rates"):
            self.everything = True

    def _computed(self) -> None:
        for name in self.needs.computed:
            if (look := _LOOKS.get((self.group.table, name))) is not None:
                look(self)

    def follow_ups(self) -> None:
        """A touch decides on those of the 90 days after it."""
        if self._has("activities"):
            for day in self.changed.days('SELECT DISTINCT CAST("at" AS DATE) FROM changed_activities'):
                self.days.update(day + n * _DAY for n in range(FOLLOW_UP_DAYS + 1))

    def next_steps(self) -> None:
        """A planning decides on the days whose next working day is not before it."""
        if self._has("holidays", "assignments"):
            self.everything = True
        elif self._has("activities"):
            self._add(
                "SELECT DISTINCT n.day FROM next_working_days n JOIN (SELECT DISTINCT CAST(created_at AS DATE) AS day "
                "FROM changed_activities) c ON n.day <= c.day AND n.next_day >= c.day"
            )

    def lead_outcomes(self) -> None:
        """A lead changes with its opportunities, over either link; its days are all those it may have had."""
        if not self._has("leads", "opportunities"):
            return
        self._affected_leads()
        if self.group.date != "first_qualified_at":
            self._add(
                f'SELECT DISTINCT CAST(l."{self.group.date}" AS DATE) FROM leads l '
                "SEMI JOIN affected_leads a ON a.lead_id = l.lead_id"
            )
            return
        fields = "opportunity_id, lead_id, opened_at"
        cases = f"SELECT {fields} FROM opportunities"
        if self._has("opportunities"):
            cases += f" UNION ALL SELECT {fields} FROM changed_opportunities"
        self._add("SELECT DISTINCT CAST(qualified_at AS DATE) FROM leads SEMI JOIN affected_leads USING (lead_id)")
        if self._has("leads"):
            self._add("SELECT DISTINCT CAST(qualified_at AS DATE) FROM changed_leads")
        self._add(
            f"SELECT DISTINCT CAST(o.opened_at AS DATE) FROM ({cases}) o WHERE o.lead_id IN "
            "(SELECT lead_id FROM affected_leads) OR o.opportunity_id IN (SELECT opportunity_id FROM affected_leads)"
        )

    def _affected_leads(self) -> None:
        parts = []
        if self._has("leads"):
            parts.append("SELECT lead_id, opportunity_id FROM changed_leads")
        if self._has("opportunities"):
            parts.append(
                "SELECT lead_id, opportunity_id FROM leads "
                "WHERE lead_id IN (SELECT lead_id FROM changed_opportunities) "
                "OR opportunity_id IN (SELECT opportunity_id FROM changed_opportunities)"
            )
        self.changed.engine.con.execute(f"CREATE OR REPLACE TEMP TABLE affected_leads AS {' UNION '.join(parts)}")

    def lead_costs(self) -> None:
        """A month's spend is shared among the month's leads."""
        months = []
        if self._has("spend"):
            months.append("SELECT date_trunc('month', month) AS m FROM changed_spend")
        if self._has("leads") and not self.changed.engine.is_empty("spend"):
            months.append("SELECT date_trunc('month', created_at) FROM changed_leads")
        if months:
            self._add(
                "SELECT DISTINCT CAST(created_at AS DATE) FROM leads "
                f"WHERE date_trunc('month', created_at) IN ({' UNION '.join(months)})"
            )

    def accounts(self) -> None:
        """Facts a lead takes from its account."""
        if self._has("accounts"):
            self._through("account_id", "accounts")

    def contacts(self) -> None:
        """Facts a lead takes from its contact."""
        if self._has("contacts"):
            self._through("contact_id", "contacts")

    def _through(self, own: str, target: str) -> None:
        if self.group.date in _computed_names(self.group.table):
            self.everything = True
        else:
            self._reached(own, target)

    def cases(self) -> None:
        """What a row takes from its opportunity."""
        if self._has("opportunities"):
            self._reached("opportunity_id", "opportunities")

    def entries(self) -> None:
        """The first entry into a stage is decided among all entries of the opportunity."""
        if self._has("stage_changes"):
            self._add(
                'SELECT DISTINCT CAST(s."at" AS DATE) FROM stage_changes s '
                "SEMI JOIN changed_stage_changes c ON c.opportunity_id = s.opportunity_id"
            )


def _computed_names(table: str) -> Iterator[str]:
    return (word.name for word in COMPUTED.get(table, ()))


_LOOKS: Mapping[tuple[str, str], Callable[[Touch], None]] = {
    ("activities", "is_follow_up"): Touch.follow_ups,
    ("activities", "has_next_step"): Touch.next_steps,
    ("leads", "first_qualified_at"): Touch.lead_outcomes,
    ("leads", "won_at"): Touch.lead_outcomes,
    ("leads", "allocated_cost"): Touch.lead_costs,
    ("leads", "prospect_employees"): Touch.accounts,
    ("leads", "prospect_level"): Touch.contacts,
    ("stage_changes", "is_first_entry"): Touch.entries,
    ("stage_changes", "pipeline"): Touch.cases,
    ("stage_changes", "credited_person"): Touch.cases,
    ("transactions", "credited_person"): Touch.cases,
}
"""How changes elsewhere reach the computed columns of a table; the others look at their own row alone."""


def quarter_days(days: Iterable[date]) -> tuple[frozenset[date], date | None]:
    """The days whose first-in-period marks a touched day may change, and the first day to look at for them.

    A touched day decides on the later days of its week, month and quarter; their marks look back to the
    start of their own week and quarter.
    """
    found: set[date] = set()
    for first in {_quarter_start(day) for day in days}:
        touched = min(day for day in days if _quarter_start(day) == first)
        last = max(_quarter_end(first), max(_week_end(day) for day in days if _quarter_start(day) == first))
        found.update(touched + n * _DAY for n in range((last - touched).days + 1))
    looks = [min(_quarter_start(day), day - day.weekday() * _DAY) for day in found]
    return frozenset(found), min(looks, default=None)


def _quarter_start(day: date) -> date:
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def _quarter_end(first: date) -> date:
    return _quarter_start(first + 100 * _DAY) - _DAY


def _week_end(day: date) -> date:
    return day + (6 - day.weekday()) * _DAY
