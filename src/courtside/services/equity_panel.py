"""The equity panel: plans per 100 people by role, manager, tenure and region, and every step that led there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from courtside.services.hr_console_scope import require_hr
from courtside.services.proposal_fairness import standings
from courtside.services.show_fairness import show_fairness
from courtside.services.viewing import Visit

if TYPE_CHECKING:
    from courtside.analysis.fairness.panel import Panel

SPANS: Mapping[str, int] = {"quarter": 91, "half-year": 182, "year": 365}
"""How far back one may look, in days."""
STEPS: Mapping[str, str] = {
    "watch": "a closer look", "coach": "coaching", "eligible": "improvement plan proposed", "plan": "plan",
    "removed": "removed",
}  # fmt: skip
NAMES: Mapping[str, str] = {
    "role": "Role", "manager": "Manager", "tenure": "Tenure", "region": "Region", "team": "Team",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StepRow:
    """A group: how many people, and of 100 of them how many reached each step, in the order of `STEPS`."""

    group: str
    people: int
    per_100: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Grouping:
    """One grouping: plans per 100 with intervals and its notes, and the steps."""

    name: str
    label: str
    panel: Panel
    steps: tuple[StepRow, ...]


@dataclass(frozen=True, slots=True)
class EquityPanel:
    """The page. `hold`: somebody in HR has to look before documents go out; `sentences` say why, or that none do."""

    since: date
    hold: bool
    groupings: tuple[Grouping, ...]
    sentences: tuple[str, ...]
    notes: tuple[str, ...]


def equity_panel(visit: Visit, span: str = "year") -> EquityPanel:
    """The panel over everybody in the viewer's scope who worked here within the span; small cells are put together.

    No sum or difference of what is shown speaks of fewer than five people. Raises NotFound for anybody but HR.
    """
    require_hr(visit)
    since = visit.today - timedelta(days=SPANS.get(span, SPANS["year"]))
    found = show_fairness(visit, standings(visit, since), since)
    steps: dict[str, list[StepRow]] = {}
    for line in found.preview.lines:
        rates = tuple(100 * line.reached.get(step, 0) / line.people if line.people else 0.0 for step in STEPS)
        steps.setdefault(line.grouping, []).append(StepRow(line.group, line.people, rates))
    groupings = tuple(
        Grouping(one.grouping, NAMES.get(one.grouping, one.grouping), one, tuple(steps.get(one.grouping, ())))
        for one in found.panels
    )
    return EquityPanel(since, found.hold, groupings, tuple(found.preview.sentences), found.notes)
