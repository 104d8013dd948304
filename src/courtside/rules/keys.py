"""The keys of a rule's block, as its reader knows them: what each holds, what it is when left out, what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from courtside.rules.rule import DIMENSIONS, MONTHS, MOST, WEEKS, Exclusion, Level, Proposes, Subject

LONGEST_LABEL = 120
MOST_MONTHS = 12
"""Months an example may give."""
LEAST_TARGET, MOST_TARGET = 0.5, 1.0
"""What may be asked of a manager: half of what is owed at the least, and all of it at the most."""
DEFAULT_SUBJECT = Subject.PERSON
NEEDED = "needed"
"""What stands for the default of a key that is never left out."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key. `default` is what holds where it is left out; `example` is written as in the file."""

    name: str
    holds: str
    default: str
    means: str
    example: str


def _by_name(*keys: Key) -> Mapping[str, Key]:
    return MappingProxyType({one.name: one for one in keys})


def _words(kind: type[Level] | type[Proposes] | type[Subject] | type[Exclusion]) -> str:
    return f"one of {', '.join(kind)}"


KEYS = _by_name(
    Key("rule", "small letters, digits and _, at most 64", NEEDED, "what it is called in lists and in the log",
        "coach_meetings"),
    Key("label", f"a line of at most {LONGEST_LABEL} characters", NEEDED, "what it is called in sentences",
        "Meetings that do not happen"),
    Key("metric", "the name of a metric with a better and a worse; of a manager's figure where the subject is one",
        NEEDED, "what is looked at", "meetings"),
    Key("window", f"{{{WEEKS}: 1 to {MOST[WEEKS]}}} or {{{MONTHS}: 1 to {MOST[MONTHS]}}}", NEEDED,
        "over how many complete weeks or months, the last of them over and its cases ripe", "{weeks: 8}"),
    Key("level", _words(Level), NEEDED, "how sure one must be: the verdict of the score card, or one beyond it",
        "coach"),
    Key("proposes", _words(Proposes), NEEDED, "what is then suggested to a person, who decides", "coaching_plan"),
    Key("subject", _words(Subject), DEFAULT_SUBJECT.value,
        "who is judged: everybody with the figure, or those who lead, by what they control themselves", "manager"),
    Key("subjects", f"{{dimension: [names]}}; dimensions are {', '.join(DIMENSIONS)}", "everybody",
        "to whom of them it applies", "{role: [seller], region: [East, West]}"),
    Key("exclude", f"a list of {', '.join(Exclusion)}", "nobody", "whom it leaves alone", "[leave, ramp]"),
    Key("target", f"a number from {LEAST_TARGET:g} to {MOST_TARGET:g}", "needed for managers, refused for others",
        "the share of what a manager owes that is to be kept; people's targets are the firm's", "0.9"),
    Key("history", "{fires: [examples], does_not: [examples]}", NEEDED,
        "examples that are run as tests, at least one that fires and one that does not",
        "{fires: [{target: 30, hits: [14, 16, 13]}], does_not: [{target: 30, hits: [27, 31, 28]}]}"),
)  # fmt: skip
"""What a block may hold; there is nothing else."""
HISTORY = ("fires", "does_not")
EXAMPLE = _by_name(
    Key("target", "a number", "needed for people", "what is due in a month; of a rate, the share due", "30"),
    Key("hits", f"1 to {MOST_MONTHS} numbers", "needed for people", "what was counted, month by month, the last last",
        "[14, 16, 13]"),
    Key("of", "as many numbers", "it is a count", "of how many cases, month by month: it is a rate then",
        "[40, 40, 40]"),
    Key("peers", "numbers", "twelve people at 1.00 to 1.55 of the target",
        "what like people reach, as shares of the target", "[1, 1.1, 0.9]"),
    Key("cause", "true or false", "true", "whether a cause in their own hands is below its limit", "false"),
    Key("phi", "a number", "1", "how much more the counts scatter than chance alone makes them", "2.5"),
    Key("kept", "a number", "needed for managers", "how much of what a manager owed was kept", "9"),
    Key("owed", "a number", "needed for managers", "how much a manager owed", "18"),
    *(Key(one.value, "true or false", "false", "whether that applies to the person", "true") for one in Exclusion),
)  # fmt: skip
"""What an example may hold."""
