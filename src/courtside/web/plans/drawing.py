"""The marks beside the goals of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from courtside.services.plan_page import GoalLine
from courtside.web import marks


@dataclass(frozen=True, slots=True)
class DrawnGoal:
    """A goal with its bullet: what was reached, how far chance could have made it, and what is due by now."""

    line: GoalLine
    bullet: SafeString


def drawn_goals(lines: Sequence[GoalLine]) -> tuple[DrawnGoal, ...]:
    """Every goal with its bullet."""
    return tuple(DrawnGoal(one, marks.bullet(one.value, one.low, one.high, one.due, "even", one.most)) for one in lines)
