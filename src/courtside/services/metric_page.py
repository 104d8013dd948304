"""The catalogue of metrics as its pages show it: what is measured, how it is counted, and who uses it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from courtside.services.box_score import RUNGS
from courtside.services.definitions import Draft, drafts, read_installed_pack, stamps_on_disk
from courtside.services.list_metrics import require_metric
from courtside.services.refused import Refused
from courtside.services.viewing import Visit
from courtside.store.access import Errand

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue
    from courtside.metrics.metric import Metric
    from courtside.store.definitions import Definition

UNITS: Mapping[str, str] = {
    "count": "number",
    "percent": "percent",
    "money": "money",
    "days": "days",
    "ratio": "so many for each",
    "score": "score",
}
DIRECTIONS: Mapping[str, str] = {"up": "more is better", "down": "less is better", "none": "no better or worse"}
_TAKES: Mapping[str, str] = {
    "from": "Counted from",
    "take": "Taken",
    "where": "Only where",
    "date": "On the day of",
    "owner": "Credit goes to",
    "pipeline": "Pipeline",
    "horizon_days": "Within days",
}
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_PARAM = re.compile(r"\$([a-z][a-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class CatalogueLine:
    """One metric in the list."""

    name: str
    label: str
    question: str
    unit: str
    direction: str
    version: int
    published_on: date
    state: str


@dataclass(frozen=True, slots=True)
class RungOfLines:
    """The metrics of one rung."""

    rung: str
    label: str
    hint: str
    lines: tuple[CatalogueLine, ...]


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """The list, filtered by what was sought."""

    sought: str
    rungs: tuple[RungOfLines, ...]
    blocks: tuple[CatalogueLine, ...]
    """What only other metrics are calculated from."""
    found: int
    drafts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A metric somewhere else in the catalogue, and in which way it belongs here."""

    name: str
    label: str
    how: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """One published version."""

    number: int
    published_at: datetime
    is_in_force: bool
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one record table of the example."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the example must come to for a scope in a period."""

    whose: str
    period: str
    value: str


@dataclass(frozen=True, slots=True)
class DefinitionPage:
    """One definition."""

    line: CatalogueLine
    rung: str
    formula: str
    counted: tuple[tuple[str, str], ...]
    cohort: str
    notes: str
    review_on: date | None
    parts: tuple[Named, ...]
    moved_by: tuple[Named, ...]
    moves: tuple[Named, ...]
    part_of: tuple[Named, ...]
    identity: tuple[Named, ...]
    cards: tuple[str, ...]
    versions: tuple[Version, ...]
    given: tuple[Table, ...]
    given_notes: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    draft: str


# The list --------------------------------------------------------------------------------------------------


def metric_list(visit: Visit, sought: str = "") -> CataloguePage:
    """Every metric in force by rung, as far as it has all the words sought in name, label or question."""
    from courtside.store.definitions import in_force  # noqa: PLC0415  (Django stays out of start-up)

    published, changed = in_force(), _drafts(visit)
    words = sought.lower().split()
    found = [metric for metric in visit.catalogue() if _has(metric, words)]
    lines = {one.name: _line(visit, one, published[one.name], changed) for one in found}
    order = sorted(found, key=lambda metric: metric.label.lower())
    rungs = [
        RungOfLines(rung, *words_of, tuple(lines[m.name] for m in order if m.rung.value == rung and not m.internal))
        for rung, words_of in RUNGS.items()
    ]
    blocks = tuple(lines[metric.name] for metric in order if metric.internal)
    return CataloguePage(sought, tuple(r for r in rungs if r.lines), blocks, len(found), _told(changed))


def _has(metric: Metric, words: Iterable[str]) -> bool:
    text = f"{metric.name} {metric.label} {metric.question}".lower()
    return all(word in text for word in words)


def _line(visit: Visit, metric: Metric, definition: Definition, changed: Mapping[str, str]) -> CatalogueLine:
    return CatalogueLine(
        metric.name, metric.label, metric.question, UNITS[metric.unit.value], DIRECTIONS[metric.direction.value],
        definition.version, _day(visit, definition.published_at),
        "in force, changed on disk" if metric.name in changed else "in force",
    )  # fmt: skip


def _day(visit: Visit, at: datetime) -> date:
    return at.astimezone(visit.standing.workspace.zone).date()


def _drafts(visit: Visit) -> Mapping[str, str]:
    """The drafts by name, for those who look after definitions; nobody else is told of them."""
    if not (visit.may_run(Errand.IMPORT_RECORDS) or visit.may_run(Errand.MANAGE_USERS)):
        return {}
    try:
        found = _on_disk(visit)
    except Refused as refused:
        return {"": refused.reason}
    return {
        one.name: "new, not in force yet" if one.version is None else f"changed; version {one.version} is in force"
        for one in found
    }


def _on_disk(visit: Visit) -> tuple[Draft, ...]:
    """The drafts, read again when a file of definitions has changed."""
    workspace = visit.standing.workspace
    return visit.remembered(("drafts", stamps_on_disk(workspace)), lambda: drafts(workspace))


def drafts_ahead(visit: Visit) -> None:
    """Read the files of definitions before anybody asks for the catalogue."""
    with suppress(Refused):  # the catalogue says what is wrong with a file
        _on_disk(visit)


def _told(changed: Mapping[str, str]) -> tuple[str, ...]:
    told = tuple(f"{name} is a draft: {changed[name]}" for name in changed if name)
    return (*((changed[""],) if "" in changed else ()), *told)


# One definition --------------------------------------------------------------------------------------------


def definition_page(visit: Visit, name: str) -> DefinitionPage:
    """One definition with all that uses it. Raises Refused for a metric that is not in force."""
    from courtside.store.definitions import versions_of  # noqa: PLC0415  (Django stays out of start-up)

    catalogue = visit.catalogue()
    metric = require_metric(visit.standing.workspace, catalogue, name)
    versions, changed = versions_of(name), _drafts(visit)
    cards = read_installed_pack(visit.standing.workspace.settings.pack).cards
    return DefinitionPage(
        line=_line(visit, metric, versions[-1], changed),
        rung=RUNGS[metric.rung.value][0],
        formula=_formula(metric, catalogue),
        counted=tuple(_counted(metric, catalogue)),
        cohort=_cohort(metric),
        notes=metric.notes or "",
        review_on=metric.review_on,
        parts=tuple(Named(part, catalogue[part].label) for part in metric.parts),
        moved_by=tuple(Named(c.metric, catalogue[c.metric].label, lag_words(c.lag_weeks)) for c in metric.moved_by),
        moves=tuple(_moves(metric, catalogue)),
        part_of=tuple(Named(one.name, one.label) for one in catalogue if name in one.parts),
        identity=tuple(Named(factor, catalogue[factor].label) for factor in metric.identity),
        cards=tuple(model for model, lines in cards.items() if any(line.metric == name for line in lines)),
        versions=tuple(
            Version(one.version, one.published_at, one is versions[-1], one.sha256[:12]) for one in reversed(versions)
        ),
        given=tuple(_given(metric)),
        given_notes=tuple(_given_notes(metric)),
        outcomes=tuple(_outcomes(visit, metric)),
        draft=changed.get(name, ""),
    )


def lag_words(weeks: int) -> str:
    """After how long a cause shows: 0 -> in the same week, 4 -> 4 weeks later."""
    if weeks == 0:
        return "in the same week"
    return "a week later" if weeks == 1 else f"{weeks} weeks later"


def _moves(metric: Metric, catalogue: Catalogue) -> Iterator[Named]:
    for other in catalogue:
        for cause in other.moved_by:
            if cause.metric == metric.name:
                yield Named(other.name, other.label, lag_words(cause.lag_weeks))


def _formula(metric: Metric, catalogue: Catalogue) -> str:
    """The formula over other metrics by their labels; empty for what is counted from records."""
    block = metric.block
    if "ratio" in block:
        written = f"{block['ratio']['numerator']} / {block['ratio']['denominator']}"
    elif "derived" in block:
        written = str(block["derived"])
    else:
        return ""
    return _WORD.sub(lambda word: catalogue[word[0]].label if word[0] in catalogue else word[0], written)


def _counted(metric: Metric, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """How it is counted from the records, key by key, with the firm's own parameters beside the filter."""
    block = metric.block
    written: Any = next((block[kind] for kind in ("measure", "stock", "conversion") if kind in block), {})
    for key, words in _TAKES.items():
        if key in written:
            yield words, str(written[key])
    for name in dict.fromkeys(_PARAM.findall(str(written.get("where", "")))):
        yield f"${name} is", _text(catalogue.pack.params.get(name))
    if "stock" in block:
        yield "When", "as it stands at the end of the period"
    if "observed" in block:
        yield "Written down by", f"whoever observes it; several are combined by their {block['observed']}"


def _cohort(metric: Metric) -> str:
    return f"the period of {metric.cohort.replace('_', ' ')}" if metric.cohort else "the period it happened in"


# The example -----------------------------------------------------------------------------------------------


def _given(metric: Metric) -> Iterator[Table]:
    for table, rows in metric.example.given.items():
        columns = tuple(dict.fromkeys(column for row in rows for column in row))
        yield Table(table, columns, tuple(tuple(_text(row.get(column)) for column in columns) for row in rows))


def _given_notes(metric: Metric) -> Iterator[str]:
    from courtside.analysis.wording import day  # noqa: PLC0415  (keeps start-up short)

    example = metric.example
    if example.as_of is not None:
        yield f"seen on {day(example.as_of)}"
    for name, value in (example.params or {}).items():
        yield f"{name.replace('_', ' ')} is {_text(value)}"


def _outcomes(visit: Visit, metric: Metric) -> Iterator[Outcome]:
    from courtside.analysis.wording import amount  # noqa: PLC0415

    currency = visit.standing.workspace.settings.currency
    for whose, periods in metric.example.then.items():
        for period, value in periods.items():
            shown = "nothing" if value is None else amount(float(value), metric.unit, currency)
            yield Outcome(whose.replace(":", " "), period, shown)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
