"""The tables of like with like: rows of a comparison in words, and where their marks lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from courtside.store.access import SMALLEST_GROUP

Row = Mapping[str, Any]
WEEKLY = "a week"
_FEW = "Too few people have such cases to compare with."
_OFTEN = {
    "above": ("above", "Clearly more often"),
    "below": ("below", "Clearly less often"),
    "not_separable": ("even", "Could be chance"),
    "too_few": ("early", "Too few to tell"),
    "not_comparable": ("early", "Not comparable"),
}
"""Where a range of times as often lies beside 1: the mark's state, and what that is called."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its figures in words, and value, range and reference of its mark on the table's scale."""

    name: str
    cells: tuple[str, ...]
    likely: str
    state: str
    words: str
    says: str = ""
    at: float | None = None
    low: float | None = None
    high: float | None = None
    reference: float | None = None
    is_focus: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Lines that share their columns and the scale of their marks."""

    title: str
    caption: str
    first: str
    heads: tuple[str, ...]
    mark: str
    lines: tuple[Line, ...]

    @property
    def has_words(self) -> bool:
        """Whether any line is told apart from something in words."""
        return any(line.words for line in self.lines)


def top_table(rows: Sequence[Row], currency: str) -> Table:
    """The top third beside the rest, metric by metric; empty where no top can be named."""
    return Table(
        "Where the two groups stand", "The first line is what the groups were made by; the others move it.", "Metric",
        ("Top third", "The rest", "People"), "Difference, as a part of what the rest reach",
        tuple(_apart(row, currency) for row in rows if row["interval"] is not None),
    )  # fmt: skip


def _apart(row: Row, currency: str) -> Line:
    low, high = row["interval"]
    top, rest = (_figure(row[side], row["unit"], currency) for side in ("top", "rest"))
    scale = abs(row["rest"])
    at, least, most = (end / scale if scale else None for end in (row["difference"], low, high))
    differs = row["verdict"] == "they_differ"
    state = ("above" if row["difference"] > 0 else "below") if differs else "even"
    people = f"{row['top_people']} and {row['rest_people']}"
    words = "They differ" if differs else "Could be chance"
    likely = _difference(low, high, row["unit"], currency)
    return Line(row["label"], (top, rest, people), likely, state, words, "", at, least, most, 0.0)


def source_table(rows: Sequence[Row]) -> Table:
    """The sources of the firm, each beside all others in the same hands."""
    from courtside.analysis.wording import amount, between, percent, whole  # noqa: PLC0415  (keeps start-up short)
    from courtside.metrics.metric import Unit  # noqa: PLC0415

    costs = any(row["cost_per_acquisition"] is not None for row in rows)
    lines = []
    for row in rows:
        cost = row["cost_per_acquisition"]
        told = "not recorded" if cost is None else amount(cost, Unit.MONEY, row["currency"])
        low, high = row["interval"]
        cells = (percent(row["value"]), between(low, high, Unit.PERCENT), whole(row["n"]), whole(row["people"]))
        lines.append(_often(row["source"], (*cells, told) if costs else cells, row, row["ratio_interval"]))
    heads = ("Rate", "Its likely range", "Cases", "People", *(("Leads cost a customer",) if costs else ()))
    return Table(
        "Every lead source of the firm", "Dashed: as often as all other sources in the same hands. Filled where the "
        "whole range leaves that out.", "Source", heads, "Times as often as other sources", tuple(lines),
    )  # fmt: skip


def band_tables(rows: Sequence[Row]) -> tuple[Table, ...]:
    """The bands of each dimension, each beside all others in the same hands."""
    from courtside.analysis.wording import percent, whole  # noqa: PLC0415

    found = []
    for dimension, title in (("account_size", "Size of the company"), ("level", "Title level of the contact")):
        lines = []
        for row in (row for row in rows if row["dimension"] == dimension):
            typical = "unknown" if row["typical"] is None else percent(row["typical"])
            cells = (percent(row["value"]), whole(row["n"]), typical)
            lines.append(_often(row["band"].partition(":")[2], cells, row, row["interval"], is_focus=row["focus"]))
        if lines:
            caption = "Dashed: as often as the same people elsewhere. Filled where the whole range leaves that out."
            heads = ("Rate", "Cases", "The same people elsewhere")
            found.append(Table(title, caption, "Band", heads, "Times as often as elsewhere", tuple(lines)))
    return tuple(found)


def _often(name: str, cells: tuple[str, ...], row: Row, interval: Sequence[float] | None, *, is_focus: bool = False,
           says: str = "") -> Line:  # fmt: skip
    """A line whose mark is how many times as often as the reference, 1."""
    state, words = _OFTEN[row.get("verdict") or row["position"]]
    ends = [end if end is not None and isfinite(end) else None for end in interval or (None, None)]
    if state == "early" or row["ratio"] is None or None in ends:
        return Line(name, cells, "", state, words, says, is_focus=is_focus)
    low, high = ends
    return Line(
        name, cells, f"{low:.2f} to {high:.2f} times", state, words, says, row["ratio"], low, high, 1.0, is_focus
    )  # fmt: skip


def persistence_table(row: Row) -> Table | None:
    """What goes with a tenth more follow-ups; None below the sample."""
    from courtside.analysis.wording import whole  # noqa: PLC0415

    if row["interval"] is None:
        return None
    states = {"pays": ("above", "Goes with more"), "goes_with_less": ("below", "Goes with less")}
    state, words = states.get(row["verdict"], ("even", "Could be chance"))
    low, high = row["interval"]
    cells = (_change(row["change"]), whole(row["people"]), whole(row["n"]), row["period"])
    line = Line(
        "10 % more follow-ups per contact", cells, f"{_change(low)} to {_change(high)}", state, words, "",
        row["change"], low, high, 0.0,
    )  # fmt: skip
    heads = ("Goes with", "People", "Months of theirs", "From and to")
    return Table("In figures", "Dashed: no difference.", "What is more", heads, "Change of the result", (line,))


def _change(share: float) -> str:
    """A change in percent with one decimal and its sign; what rounds to nothing has none."""
    points = round(100 * share, 1)
    return f"{'−' if points < 0 else '+' if points > 0 else ''}{abs(points):.1f} %"


def account_tables(rows: Sequence[Row]) -> tuple[Table, ...]:
    """Where the effort goes by account size; who stayed; how those who stayed grew."""
    from courtside.analysis.wording import between, percent, rounded, whole  # noqa: PLC0415
    from courtside.metrics.metric import Unit  # noqa: PLC0415

    def share(value: float | None) -> str:
        return "not known" if value is None else percent(value, 2)

    effort, kept, grown = [], [], []
    for row in rows:
        each = row["touches_per_account"]
        cells = (
            whole(row["touches"]), share(row["touches_share"]), rounded(row["hours"]), share(row["hours_share"]),
            rounded(row["key_hours"]), "not known" if each is None else rounded(each, 2),
        )  # fmt: skip
        effort.append(Line(row["account_size"], cells, "", "", ""))
        if row["retention"] is not None:
            low, high = row["retention_interval"]
            stayed = (percent(row["retention"]), whole(row["accounts"]))
            likely = between(low, high, Unit.PERCENT)
            kept.append(Line(row["account_size"], stayed, likely, "even", "", "", row["retention"], low, high))
        if row["growth"] is not None:
            grown.append(_growth(row))
    heads = ("Touches", "Share of them", "Hours on calls", "Share of them", "Key-account hours", "Touches a customer")
    size, on = "Employees", "Bar: the likely range, 95 in 100."
    tables = (
        Table("Where the effort goes", "Shares are of effort whose account is of known size.", size, heads, "",
              tuple(effort)),
        Table("Who stayed", on, size, ("Stayed", "Customers"), "Likely range", tuple(kept)),
        Table("How those who stayed grew", f"Beside the same days a year before. {on} Dashed: no growth.", size,
              ("Growth", "Customers with sales"), "Likely range", tuple(grown)),
    )  # fmt: skip
    return tuple(table for table in tables if table.lines)


def _growth(row: Row) -> Line:
    cells = (_change(row["growth"]), str(row["growth_accounts"]))
    if row["growth_interval"] is None:
        return Line(row["account_size"], cells, "", "early", "Too few customers to tell")
    low, high = row["growth_interval"]
    state, words = ("above", "Grew") if low > 0 else ("below", "Shrank") if high < 0 else ("even", "Could be chance")
    likely = f"{_change(low)} to {_change(high)}"
    return Line(row["account_size"], cells, likely, state, words, "", row["growth"], low, high, 0.0)


def level_table(rows: Sequence[Row], currency: str) -> Table:
    """What each role and seniority reaches: the mean with its range, and the middle half."""
    lines = []
    for row in rows:
        low, high = row["interval"] or (None, None)
        middle = row["middle_half"]
        cells = (
            _figure(row["value"], row["unit"], currency),
            "too few to say" if middle is None else _range(middle[0], middle[1], row["unit"], currency),
            str(row["n"]),
            _figure(row["next_value"], row["unit"], currency) if row["next_value"] is not None else "none shown",
        )
        name = " ".join(filter(None, (row["seniority"], row["role"]))) or "no level or role recorded"
        likely = _range(low, high, row["unit"], currency) if low is not None and high is not None else ""
        lines.append(Line(name, cells, likely, "even", "", "", row["value"], low, high))
    return Table(
        "Level by level", "Bar: the likely range of the mean, 95 in 100.", "Level",
        ("On average", "The middle half reaches", "People", "The next level, on average"), "Likely range", tuple(lines),
    )  # fmt: skip


def people_table(rows: Sequence[Row], others: int) -> Table:
    """Some people beside what is typical of the very cases they were handed; of `others` nobody is told apart."""
    from courtside.analysis.wording import percent, whole  # noqa: PLC0415

    lines = []
    for row in sorted(rows, key=lambda row: str(row["label"])):
        cells = percent(row["value"]), whole(row["n"])
        if others <= SMALLEST_GROUP:
            lines.append(Line(row["label"], (*cells, "not shown"), "", "early", "Too few people", _FEW))
            continue
        typical = "unknown" if row["typical"] is None else percent(row["typical"])
        lines.append(_often(row["label"], (*cells, typical), row, row["interval"], says=row["sentence"]))
    return Table(
        "Beside what is typical of the very cases handed", "Dashed: as many as typical handling of these cases gives.",
        "Name", ("Rate", "Cases", "Typical of these cases"), "Times as many as typical", tuple(lines),
    )  # fmt: skip


def own_source_table(rows: Sequence[Row], people: Mapping[str | None, int]) -> Table:
    """Some people's lead sources, each beside what others reach there; nothing of others where these are few."""
    from courtside.analysis.wording import between, percent, whole  # noqa: PLC0415
    from courtside.metrics.metric import Unit  # noqa: PLC0415

    lines = []
    for row in sorted(rows, key=lambda row: (row["label"], row["source"] or "")):
        low, high = row["interval"]
        is_few = people.get(row["source"], 0) <= SMALLEST_GROUP
        typical = None if is_few else row["typical"]
        state, words = _OFTEN["too_few" if is_few else row["position"]]
        cells = (percent(row["value"]), whole(row["n"]), "not shown" if typical is None else percent(typical))
        name = f"{row['label']}: {row['source'] or 'no source named'}"
        likely = between(low, high, Unit.PERCENT)
        says = _FEW if is_few else ""
        lines.append(Line(name, cells, likely, state, words, says, row["value"], low, high, typical))
    return Table(
        "Source by source", "Bar: the likely range of the rate. Dashed: what others reach there. One in 20 looks apart "
        "by chance alone.", "Name and source",
        ("Rate", "Cases", "Others reach"), "Likely range", tuple(lines),
    )  # fmt: skip


# Figures in words ----------------------------------------------------------------------------------------------------


def _figure(value: float, unit: str, currency: str) -> str:
    from courtside.analysis.wording import amount, rounded  # noqa: PLC0415
    from courtside.metrics.metric import Unit  # noqa: PLC0415

    return f"{rounded(value)} {WEEKLY}" if unit == WEEKLY else amount(value, Unit(unit), currency)


def _range(low: float, high: float, unit: str, currency: str) -> str:
    from courtside.analysis.wording import between, rounded  # noqa: PLC0415
    from courtside.metrics.metric import Unit  # noqa: PLC0415

    if unit == WEEKLY:
        return f"{rounded(low)} to {rounded(high)} {WEEKLY}"
    if unit == Unit.PERCENT.value and high - low < 0.1:  # noqa: PLR2004  (whole percentages would hide it)
        return f"{100 * low:.1f} % to {100 * high:.1f} %"
    return between(low, high, Unit(unit), currency)


def _difference(low: float, high: float, unit: str, currency: str) -> str:
    """A difference with both signs: rates in points, counts a week."""
    from courtside.analysis.wording import rounded  # noqa: PLC0415
    from courtside.metrics.metric import Unit  # noqa: PLC0415

    size = 100 if unit == Unit.PERCENT.value else 1
    ends = " to ".join(f"{'−' if end < 0 else '+'}{rounded(abs(size * end), 2)}" for end in (low, high))
    if unit == Unit.MONEY.value:
        return f"{currency} {ends}".strip()
    named = {Unit.PERCENT.value: " points", Unit.DAYS.value: " days", WEEKLY: f" {WEEKLY}"}.get(unit, "")
    return f"{ends}{named}"
