"""The sentence on top of a box score: at most two, naming at most one thing to work on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from courtside.analysis.wording import amount, noun
from courtside.metrics.metric import Direction, Unit

_CALLS_FOR_SOMETHING = ("eligible", "coach", "watch")


@dataclass(frozen=True, slots=True)
class Told:
    """What the headline needs to know of one line of a box score, lines being in ladder order."""

    label: str
    unit: Unit
    direction: Direction
    verdict: str
    position: str
    value: float | None
    target: float | None = None
    judged_over: str | None = None
    """The longer period a verdict is of, if it is not the page's own."""
    currency: str = ""
    is_input: bool = False

    @property
    def is_judged(self) -> bool:
        """Whether anything can be told of it, and it has a better and a worse."""
        return self.value is not None and self.verdict != "too_early"

    @property
    def _has_sides(self) -> bool:
        return self.is_judged and not self.is_input and self.direction is not Direction.NONE

    @property
    def wrong_side(self) -> str:
        """The side nobody wants to be on."""
        return "above" if self.direction is Direction.DOWN else "below"

    @property
    def is_short(self) -> bool:
        """Whether it clearly lies on the wrong side."""
        return self._has_sides and self.position == self.wrong_side

    @property
    def is_strong(self) -> bool:
        """Whether it clearly lies on the better side."""
        return self._has_sides and self.position in ("above", "below") and self.position != self.wrong_side

    @property
    def calls(self) -> bool:
        """Whether its verdict asks for a look."""
        return self._has_sides and self.verdict in _CALLS_FOR_SOMETHING


def headline(lines: Sequence[Told]) -> tuple[str, ...]:
    """One or two sentences. What calls for a look comes before what merely is short; causes before results."""
    recorded = [line for line in lines if line.value is not None]
    judged = [line for line in recorded if line.is_judged]
    if not recorded:
        return ("Nothing is recorded for this period, which is not the same as nothing done.",)
    if not judged:
        return ("It is too early to tell anything from this period.", "A longer period, or more cases, will say more.")
    strong = next((line for line in judged if line.is_strong), None)
    work = next((line for line in judged if line.calls), None) or next((one for one in judged if one.is_short), None)
    told = [_strong(strong)] if strong is not None else []
    if work is not None:
        return (*told, _work(work))
    if strong is not None:
        return (*told, "Nothing here calls for a closer look." if len(judged) > 1 else _early(lines, judged))
    return "Nothing here is clearly different from what is asked for or from peers.", _early(lines, judged)


def _strong(line: Told) -> str:
    return f"{line.label}: {_value(line)}, clearly {line.position} {_reference(line)}."


def _work(line: Told) -> str:
    """The one thing to look at."""
    first = f"Look at {noun(line.label)} first"
    if line.judged_over is not None and line.calls:
        return f"{first}: over {line.judged_over} likely {line.wrong_side} {_reference(line)}."
    sure = f"clearly {line.position}" if line.is_short else f"likely {line.wrong_side}"
    return f"{first}: {_value(line)}, {sure} {_reference(line)}."


def _early(lines: Sequence[Told], judged: Sequence[Told]) -> str:
    early = len(lines) - len(judged)
    if not early:
        return "Too close to call is a finding too: what differs lies within what chance does."
    return f"For {early} of the {len(lines)} figures it is too early to tell."


def _value(line: Told) -> str:
    return amount(line.value or 0.0, line.unit, line.currency)


def _reference(line: Told) -> str:
    return f"the target of {amount(line.target, line.unit, line.currency)}" if line.target is not None else "peers"
