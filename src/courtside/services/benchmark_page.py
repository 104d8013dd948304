"""Like with like, as pages: one question a page, its sentence first, then the figures and what is allowed for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from courtside.services.benchmark_page_asked import QUESTIONS, MetricGroup, metric_groups, usual_metric
from courtside.services.benchmark_page_lines import (
    Line,
    Table,
    account_tables,
    band_tables,
    level_table,
    own_source_table,
    people_table,
    persistence_table,
    source_table,
    top_table,
)
from courtside.services.benchmark_page_map import Focus, TeamMap, focus_of, map_sentence, map_table, team_map
from courtside.services.benchmark_page_whose import Option, account_scopes, check_accounts, people_shown, persons_of
from courtside.services.box_score_periods import Frame, frame_of
from courtside.services.refused import Refused
from courtside.services.scopes import COMPANY
from courtside.services.score_card import card_of
from courtside.services.show_benchmark import Compared, ShowBenchmark, compare
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Errand

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue

Row = Mapping[str, Any]
_READ = {"people": "top", "sources": "source_groups"}
"""What is read for a page where that is called otherwise than the page."""
_OWN = {"people": "people", "sources": "sources"}
"""Pages with figures of single people below the firm's, and what is read for these."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: the metric, the period's length and name (none: the last year that is ripe), and whose."""

    what: str = "people"
    metric: str = ""
    grain: str = ""
    period: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True)
class BenchmarkPage:
    """The page of one question. `why_not` says why there is nothing to compare."""

    what: str
    title: str
    asks: str
    questions: tuple[Option, ...]
    metrics: tuple[MetricGroup, ...]
    metric: str
    label: str
    whose: tuple[Option, ...]
    scope: str
    frame: Frame | None
    days: str = ""
    says: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    details: Table | None = None
    map: TeamMap | None = None
    focus: tuple[Focus, ...] = ()
    own: Table | None = None
    notes: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    why_not: str = ""


def benchmark_page(visit: Visit, wanted: Wanted) -> BenchmarkPage:
    """One question's page.

    The firm's figures name nobody, in groups of five people or more: whoever works there or leads it may see them.
    Administrators, operations and outsiders have accounts, and no figures. Figures of single
    people are for themselves and for those who lead them, as on their score cards; of accounts one sees those of
    the people one may see. Who belongs to the top third is shown to nobody: groups are for learning from, not for
    ranking by. Raises NotFound for what is no question, metric or scope, and for whom one may not see.
    """
    if wanted.what not in QUESTIONS:
        raise NotFound
    asked, catalogue = QUESTIONS[wanted.what], visit.catalogue()
    groups = metric_groups(catalogue, wanted.what)
    metric = _metric(catalogue, groups, wanted)
    frame = frame_of(visit, wanted.grain, wanted.period) if wanted.grain or wanted.period else None
    whose = _whose(visit, wanted)
    scope = next((one.value for one in whose if one.is_here), "")
    questions = tuple(Option(what, one.tab, what == wanted.what) for what, one in QUESTIONS.items())
    label = catalogue[metric].label if metric else ""
    head = (wanted.what, asked.title, asked.asks, questions, groups, metric, label, whose, scope, frame)
    if not _is_of_the_firm(visit):
        return BenchmarkPage(*head, why_not="these figures are for the people they are made from, and who leads them")
    if wanted.what == "accounts" and not scope:
        return BenchmarkPage(*head, why_not="there is nobody whose accounts you may see")
    found, why_not = _found(visit, wanted.what, metric, frame, scope)
    if found is None or not found.rows:
        return BenchmarkPage(*head, why_not=why_not or " ".join(found.notes if found else ()).removesuffix("."))
    return BenchmarkPage(
        *head, days=_days(found), own=_own(visit, wanted.what, metric, frame, scope), allowed=asked.allowed,
        **_shown(visit, wanted.what, found),
    )  # fmt: skip


def _is_of_the_firm(visit: Visit) -> bool:
    return visit.viewer.person_id in visit.hierarchy.names or visit.may_run(Errand.SEE_COMPANY)


def benchmark_ahead(visit: Visit) -> None:
    """Answer every question as its page opens before anybody asks."""
    catalogue = visit.catalogue()
    for what in QUESTIONS:
        metric = usual_metric(metric_groups(catalogue, what), what)
        _read(visit, _READ.get(what, what), metric, None)
        if what in _OWN:
            _read(visit, _OWN[what], metric, None)
    for each in ("team", "person"):
        _read(visit, "accounts", "", None, each)


def _metric(catalogue: Catalogue, groups: Sequence[MetricGroup], wanted: Wanted) -> str:
    """The metric asked for, the usual one without; empty where the question is about none."""
    if not groups:
        return ""
    if not wanted.metric:
        return usual_metric(groups, wanted.what)
    if wanted.metric not in catalogue or catalogue[wanted.metric].internal:
        raise NotFound
    return wanted.metric


# What is read --------------------------------------------------------------------------------------------------------


def _found(visit: Visit, what: str, metric: str, frame: Frame | None, scope: str) -> tuple[Compared | None, str]:
    """What a page shows: the firm's figures; of accounts those of the scope chosen."""
    if what != "accounts" or scope == COMPANY:
        return _read(visit, _READ.get(what, what), metric, frame)
    found, why_not = _read(visit, what, metric, frame, scope.partition(":")[0])
    if found is None:
        return found, why_not
    rows = tuple(row for row in found.rows if row["scope"] == scope)
    return replace(found, rows=rows), "" if rows else "no effort or customer of known account size is recorded of them"


def _read(
    visit: Visit, what: str, metric: str, frame: Frame | None, each: str | None = None
) -> tuple[Compared | None, str]:
    """A comparison, worked out once for everybody; None, and why, where nothing can be compared."""
    key = ("benchmark", what, metric, frame.period.name if frame else "", each, visit.today)
    return visit.remembered(key, lambda: _asked(visit, what, metric, frame, each), is_bulky=True)


def _asked(visit: Visit, what: str, metric: str, frame: Frame | None, each: str | None) -> tuple[Compared | None, str]:
    from courtside.warehouse.question import Question  # noqa: PLC0415  (DuckDB loads now)

    names = [metric] if metric else _names(visit, what)
    first, last = (frame.period.starts_on, frame.period.last_on) if frame else (None, None)
    question = Question(names[0], (), None, first, last, visit.today)
    try:
        with visit.session() as session:
            return compare(session, question, ShowBenchmark(names[0], what, each=each), names), ""
    except Refused as refused:
        return None, refused.reason


def _names(visit: Visit, what: str) -> Sequence[str]:
    """The metrics of a question that lets nobody choose one: the card's, or that customers stay."""
    return card_of(visit.standing.workspace) if what == "map" else ["account_retention"]


def _days(found: Compared) -> str:
    from courtside.analysis.wording import day  # noqa: PLC0415  (keeps start-up short)

    row = found.rows[0]
    if row["what"] == "persistence":
        return f"months {row['period']}"
    return f"{day(found.period.starts_on)} to {day(found.period.last_on)}"


# Whose ---------------------------------------------------------------------------------------------------------------


def _whose(visit: Visit, wanted: Wanted) -> tuple[Option, ...]:
    """Whose figures can be chosen, the one chosen marked. Raises NotFound for whom the viewer may not see."""
    if wanted.what == "accounts":
        check_accounts(visit, wanted.scope)
        return account_scopes(visit, wanted.scope)
    if wanted.what in _OWN:
        return people_shown(visit, wanted.scope)
    return ()


def _own(visit: Visit, what: str, metric: str, frame: Frame | None, scope: str) -> Table | None:
    """The figures of single people the viewer chose; None where there are none to be shown."""
    if what not in _OWN or not scope:
        return None
    found, _ = _read(visit, _OWN[what], metric, frame)
    if found is None:
        return None
    chosen = {f"person:{person}" for person in persons_of(visit, scope)}
    rows = [row for row in found.rows if row["scope"] in chosen]
    if not rows:
        return None
    if what == "people":
        return people_table(rows, len({row["scope"] for row in found.rows}))
    return own_source_table(rows, Counter(row["source"] for row in found.rows))


# What is shown -------------------------------------------------------------------------------------------------------


def _shown(visit: Visit, what: str, found: Compared) -> dict[str, Any]:
    """The sentences, tables, map and proposals of a question."""
    rows, notes, currency = found.rows, found.notes, visit.standing.workspace.settings.currency
    match what:
        case "people":
            return {"says": tuple(_top_says(rows)), "tables": (top_table(rows, currency),), "notes": notes}
        case "sources":
            table = source_table(rows)
            return {"says": (_stand_out(table.lines, "sources"),), "tables": (table,), "notes": notes}
        case "persistence":
            one = persistence_table(rows[0])
            return {"says": (rows[0]["sentence"],), "tables": (one,) if one else (), "notes": notes}
        case "bands":
            told, rest = _parted(notes, ("Proposed focus", "No band"))
            focus = focus_of(rows, visit.standing.workspace.calendar, visit.today)
            return {"says": told, "tables": band_tables(rows), "focus": focus, "notes": rest}
        case "accounts":
            most = max(rows, key=lambda row: row["touches_share"] or 0.0)
            return {"says": (most["sentence"],), "tables": account_tables(rows), "notes": notes}
        case "levels":
            return {"says": _level_says(rows), "tables": (level_table(rows, currency),), "notes": notes}
        case _:
            catalogue = visit.catalogue()
            return {"says": (map_sentence(rows),), "map": team_map(rows, catalogue),
                    "details": map_table(rows, catalogue), "notes": notes}  # fmt: skip


def _top_says(rows: Sequence[Row]) -> Iterator[str]:
    from courtside.analysis.wording import noun, plural  # noqa: PLC0415

    yield rows[0]["sentence"]
    others = rows[1:]
    if others:
        apart = [noun(row["label"]) for row in others if row["verdict"] == "they_differ"]
        named = f"{len(apart)} differ: {', '.join(apart)}" if apart else "none differs more than chance makes it"
        yield f"Of {plural(len(others), 'thing', 'things')} that move it {named}. That says where, not why."


def _stand_out(lines: Sequence[Line], what: str) -> str:
    """Which lines lie clearly above or below, in one sentence."""
    more, less = ([line.name for line in lines if line.state == state] for state in ("above", "below"))
    told = [f"{', '.join(more)} more often" if more else "", f"{', '.join(less)} less often" if less else ""]
    if not any(told):
        return f"No {what.removesuffix('s')} stands out: in the same hands all do alike, chance allowed for."
    return f"Beside other {what} in the same hands: {'; '.join(filter(None, told))}."


def _level_says(rows: Sequence[Row]) -> tuple[str, ...]:
    """How many steps from level to level are told apart, and when the expectations are looked at again."""
    from courtside.analysis.wording import day, noun, plural  # noqa: PLC0415

    steps = [row for row in rows if row["next_level"] is not None]
    told = sum("not told apart" not in row["sentence"] for row in steps)
    label, again = noun(rows[0]["label"]), f"To be looked at again on {day(rows[0]['review_on'])}."
    if not steps:
        return (f"No two levels of one role have five people each with a figure of {label}.", again)
    which = "none is" if not told else f"{told} {'is' if told == 1 else 'are'}"
    steps_words = plural(len(steps), "step", "steps")
    return (f"Of {steps_words} from one level to the next, {which} told apart by {label}.", again)


def _parted(notes: Sequence[str], begins: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Notes that begin so, and the others."""
    told = tuple(note for note in notes if note.startswith(begins))
    return told, tuple(note for note in notes if note not in told)
