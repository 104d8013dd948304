"""Setting a target: a new version in a batch of its own, in force from a day; nothing recorded before is changed."""

from __future__ import annotations

import csv
import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from courtside.records.crash import crash_point
from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.figures import bring_up_to_date, inputs_now
from courtside.services.list_metrics import require_metric
from courtside.services.refusals import refuse_rows
from courtside.services.refused import Refused
from courtside.services.show_targets import look_at_targets, period_named
from courtside.services.target_values import Amount, refuse_value
from courtside.services.workspace import Workspace
from courtside.services.writing import SCRATCH, writing

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue
    from courtside.metrics.metric import Metric
    from courtside.metrics.target_rows import Target
    from courtside.records.period import Period
    from courtside.store.ledger import Entry
    from courtside.warehouse.intake import Outcome
    from courtside.warehouse.target_figures import Sought

CONNECTOR = "targets set"
"""What `imports` names as the source of a target somebody set."""
_COLUMNS = ("metric", "scope", "period", "value", "version", "in_force_from")


@dataclass(frozen=True, slots=True)
class SetTarget:
    """A number to reach. Without `in_force_from` see `_from_when`."""

    metric: str
    scope: str
    period: str
    value: Amount
    in_force_from: date | None = None


def set_target(workspace: Workspace, caller: Caller, wish: SetTarget) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Record a target; answers it as `targets show` does, with its batch, and notes. It counts once this returns.

    Raises Refused for a metric, scope or period nobody knows, and for a number the metric can never be.
    """
    catalogue = catalogue_in_force(workspace)
    metric = require_metric(workspace, catalogue, wish.metric)
    period = _usable_period(workspace, catalogue, metric, wish)
    refuse_value(metric, wish.value)
    with writing(workspace, caller):
        existing = _existing(workspace, caller, wish, period)
        target = _next_version(wish, period, existing, workspace.day(caller.clock()))
        before = _in_force(existing, target.in_force_from, period)
        batch: dict[str, Any] = {"batch": None, "at": None}
        notes: tuple[str, ...] = ("this target is in force already: nothing was changed",)
        if before is None or before.value != target.value:
            batch, notes = _recorded(workspace, caller, target, before)
            notes = (*notes, *_said(target, before, existing, period))
    answer, told = look_at_targets(workspace, caller, catalogue, _itself(workspace, caller, wish, period))
    row = answer.rows[0]
    return {**batch, **row, "before": before.value if before else None}, (*notes, *told, *answer.notes)


def _usable_period(workspace: Workspace, catalogue: Catalogue, metric: Metric, wish: SetTarget) -> Period:
    """The period, if the metric can have a target in it. Raises Refused."""
    from courtside.metrics.metric import Conversion  # noqa: PLC0415  (keeps start-up short)
    from courtside.metrics.sharing import Sharing, sharing_of  # noqa: PLC0415
    from courtside.metrics.target_rows import ALWAYS  # noqa: PLC0415

    period = period_named(workspace, wish.period)
    if period is None:
        raise Refused("name a period, such as 2027-Q1")
    if isinstance(metric.body, Conversion):
        raise Refused(f"{metric.name} has a figure for each stage, and a target names no stage; it can have none")
    if metric.internal:
        raise Refused(f"{metric.name} is a part other metrics are made of; set the target of one that is shown")
    if period is ALWAYS and sharing_of(metric, catalogue) in (Sharing.TOTAL, Sharing.DISTINCT):
        raise Refused(f"{metric.name} adds up over days: name a period with a last day, such as 2027-Q1, not 'all'")
    if wish.in_force_from is not None and wish.in_force_from > period.last_on:
        raise Refused(
            f"from {wish.in_force_from} on it would never count: {period.name} ends on {period.last_on}; "
            "name a day in or before the period"
        )
    return period


def _existing(workspace: Workspace, caller: Caller, wish: SetTarget, period: Period) -> tuple[Target, ...]:
    """The versions recorded for exactly this metric, scope and period, once the scope is known to be one."""
    from courtside.warehouse.answer import CannotAnswer, Question, open_session  # noqa: PLC0415  (DuckDB loads now)
    from courtside.warehouse.target_figures import recorded_versions, refuse_unknown_cut  # noqa: PLC0415

    today = workspace.day(caller.clock())
    question = Question(wish.metric, (), None, None, None, today)
    session = open_session(inputs_now(workspace, caller), question)
    try:
        refuse_unknown_cut(session, wish.metric, wish.scope, today)
        return recorded_versions(session, wish.metric, wish.scope, period)
    except CannotAnswer as refusal:
        raise Refused(str(refusal)) from None
    finally:
        session.engine.close()


def _next_version(wish: SetTarget, period: Period, existing: tuple[Target, ...], today: date) -> Target:
    from courtside.metrics.target_rows import Target  # noqa: PLC0415

    numbers = [int(t.version) for t in existing if t.version.isascii() and t.version.isdigit()]
    version = str(max(numbers, default=len(existing)) + 1)
    since = wish.in_force_from or _from_when(period, existing, today)
    return Target(wish.metric, wish.scope, wish.period, wish.value.number, version, since)


def _from_when(period: Period, existing: tuple[Target, ...], today: date) -> date | None:
    """From which day a version without one is in force.

    The first holds from the beginning. A change holds from today, so that days before keep the old number;
    in a period that is over it corrects the last version, and takes its place from the same day.
    """
    if not existing:
        return None
    return existing[-1].in_force_from if period.last_on < today else today


def _in_force(existing: tuple[Target, ...], since: date | None, period: Period) -> Target | None:
    """The version that was in force on the day from which a new one would be."""
    day = max(since or period.starts_on, period.starts_on)
    begun = [t for t in existing if t.in_force_from is None or t.in_force_from <= day]
    return begun[-1] if begun else None


def _said(target: Target, before: Target | None, existing: tuple[Target, ...], period: Period) -> tuple[str, ...]:
    """What a person who changes a target should know."""
    said = []
    if before is not None and target.in_force_from is not None and target.in_force_from > period.starts_on:
        said.append(f"until {target.in_force_from} version {before.version} stays in force: {before.value:,.10g}")
    elif before is not None:
        said.append(f"it corrects version {before.version} ({before.value:,.10g}); `--known-at` still shows that one")
    later = [t for t in existing if t.in_force_from and t.in_force_from > (target.in_force_from or date.min)]
    said.extend(f"version {t.version} ({t.value:,.10g}) takes its place from {t.in_force_from} on" for t in later[:1])
    return tuple(said)


def _recorded(
    workspace: Workspace, caller: Caller, target: Target, before: Target | None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Write the batch and let it count: its number and instant, and notes."""

    from courtside.store import audit, ledger  # noqa: PLC0415

    number, outcome = _taken_in(workspace, caller, target)
    at = ledger.not_before(caller.clock())
    crash_point("target-after-files")
    detail = {
        "batch": number, "metric": target.metric, "scope": target.scope, "period": target.period,
        "value": target.value, "version": target.version, "before": before.value if before else None,
        "in_force_from": target.in_force_from.isoformat() if target.in_force_from else None,
        "sha256": {file.path: file.sha256 for file in outcome.files},
    }  # fmt: skip
    with audit.together():
        ledger.record(_entry(number, at, outcome), outcome.files)
        audit.write(audit.Act(at, caller.who, "set_target", detail))
    crash_point("target-after-ledger")
    notes = bring_up_to_date(workspace, caller)
    crash_point("target-after-publish")
    return {"batch": number, "at": at}, notes


def _taken_in(workspace: Workspace, caller: Caller, target: Target) -> tuple[int, Outcome]:
    """The target taken in as any file of targets is: the number of its batch, and its files."""
    from courtside.connectors.native import ADAPTER  # noqa: PLC0415  (keeps start-up short)
    from courtside.store import ledger  # noqa: PLC0415
    from courtside.warehouse.batches import known  # noqa: PLC0415
    from courtside.warehouse.intake import Ground, take_in  # noqa: PLC0415

    number = ledger.next_number()
    settings = workspace.settings
    ground = Ground(workspace.root, known(ledger.batches(), None), settings.zone, settings.currency)
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=workspace.root) as scratch:
        path = Path(scratch) / "targets.csv"
        _write(path, target)
        reading = ADAPTER.read((path,), Path(scratch), {})
        outcome = take_in(reading, ground, number, set_aside=False, dry_run=False, answers={})
    if outcome.refusals or not outcome.files:
        raise refuse_rows(workspace, caller.clock(), outcome.refusals)
    return number, outcome


def _write(path: Path, target: Target) -> None:
    """The target as a file of record tables."""
    value = format(Decimal(repr(target.value)), "f")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        since = target.in_force_from.isoformat() if target.in_force_from else ""
        writer.writerow((target.metric, target.scope, target.period, value, target.version, since))


def _entry(number: int, at: datetime, outcome: Outcome) -> Entry:
    from courtside.store.ledger import Entry  # noqa: PLC0415

    return Entry(
        number=number,
        recorded_at=at,
        connector=CONNECTOR,
        sources=(),
        created=outcome.created,
        updated=outcome.updated,
        unchanged=outcome.unchanged,
        refused=0,
        by_table=outcome.by_table,
    )


def _itself(workspace: Workspace, caller: Caller, wish: SetTarget, period: Period) -> Sought:
    """The target as it now stands."""
    from courtside.warehouse.target_figures import Sought  # noqa: PLC0415

    return Sought(workspace.day(caller.clock()), wish.metric, wish.scope, period)
