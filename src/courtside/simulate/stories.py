"""Who plays which story, from when, and what it changes: chances, exposure or recording, never a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from courtside.simulate.horizon import Horizon
from courtside.simulate.rates import BENCHMARK, COLD_MIX, HANDED, PERSISTENCE, SALES_STAGES
from courtside.simulate.setting import STORIES, Setting
from courtside.simulate.streams import stream

SELLER_STORIES = ("weak-closer", "cold-leads", "lucky", "unlucky", "ramping", "leave", "moved-team", "big-project")
FATES = 40
"""So many other streams the lucky and the unlucky one could have had; theirs is the best and the worst of them."""
HALVED = 0.5
PROJECT_SHARE = 0.45
"""What is left of prospecting during the big project."""
PROJECT_OPENINGS = 12
RECORDED = {"calls": 1 / 3, "rest": 0.7}
"""Share of calls, e-mails, voicemails and inmails that thin logging records, and of everything else."""

_CLOSING = SALES_STAGES.index("negotiation")
_LEAKING = (0, 1)
"""Recruiting stages a leak may be at: submittal and interview."""
_BEGINS = {
    "leak": 0.67,
    "ramping": 0.78,
    "leave": 0.7,
    "moved-team": 0.72,
    "thin-logging": 0.55,
    "big-project": 0.58,
}
"""After which share of the days a story begins; the others last from the first day to the last."""
_LASTS = {"leave": 0.13, "big-project": 0.12}


@dataclass(frozen=True, slots=True)
class Step:
    """A stage whose chance to be passed is multiplied for cases that enter it on or after a day."""

    pipeline: str
    stage: int
    since: int
    factor: float


@dataclass(frozen=True, slots=True)
class Traits:
    """What is true of one person, beside the rates of the firm."""

    skill: float = 1.0
    """Multiplies the chance to win a qualified lead, or to get a candidate interviewed."""
    persistence: float = PERSISTENCE
    effort: float = 1.0
    """Multiplies the volume of calls, e-mails and InMails."""
    next_step: float = 0.4
    """Chance that a talk ends with the next one planned."""
    care: float = 1.0
    """Multiplies touches of customers; it keeps them and lets them grow."""
    service: float = 0.0
    """Added to the customers' answers."""
    diligence: float = 0.6
    """Call plans before an hour of calls; also raises compliance."""
    mix: tuple[float, ...] = tuple(BENCHMARK[name].share for name in HANDED)
    """Shares of the sources among the leads handed out to this person."""
    steps: tuple[Step, ...] = ()
    fates: int = 0
    """+1: has the best of `FATES` streams, -1: the worst of them."""
    thin_since: int | None = None
    project: tuple[int, int] | None = None
    """First and last day of the big project."""
    has_customers: bool = True


@dataclass(frozen=True, slots=True)
class Story:
    """One story as cast: who, from which day to which, and the stage of a leak."""

    name: str
    person: int | None
    team: int | None
    first: int
    last: int
    is_told: bool
    to_team: int | None = None
    stage: int | None = None

    @property
    def what(self) -> str:
        """The story in a sentence."""
        return STORIES[self.name]


@dataclass(frozen=True, slots=True)
class Cast:
    """Every story, told or not: who plays it is drawn from the seed alone."""

    stories: Mapping[str, Story]
    players: Mapping[int, str] = field(default_factory=dict)

    def told(self, name: str) -> Story | None:
        """A story, if it is told."""
        story = self.stories[name]
        return story if story.is_told else None

    def of(self, person: int) -> Story | None:
        """The story a person plays, if it is told."""
        name = self.players.get(person)
        return self.told(name) if name else None


@dataclass(frozen=True, slots=True)
class Layout:
    """The numbers of sellers and recruiters in each team."""

    sellers: Sequence[Sequence[int]]
    recruiters: Sequence[Sequence[int]]


def cast(setting: Setting, horizon: Horizon, layout: Layout) -> Cast:
    """Draw who plays what. Nobody plays two stories, and none is played in the team that leaks."""
    rng = stream(setting.seed, "cast")
    teams = [int(team) for team in rng.permutation(len(layout.sellers))]
    leaking, elsewhere = teams[0], sorted(teams[1:])
    sellers = rng.permutation([number for team in elsewhere for number in layout.sellers[team]])
    recruiters = [number for team in elsewhere for number in layout.recruiters[team]]
    players = {name: int(number) for name, number in zip(SELLER_STORIES, sellers, strict=False)}
    players["thin-logging"] = int(rng.choice(recruiters))
    home = {number: team for team in elsewhere for number in (*layout.sellers[team], *layout.recruiters[team])}
    stage = int(rng.choice(_LEAKING))
    moves_to = int(rng.choice([team for team in elsewhere if team != home[players["moved-team"]]]))
    stories = {}
    for name in STORIES:
        person = players.get(name)
        team = leaking if person is None else home[person]
        first, last = _days(name, horizon)
        story = Story(name, person, team, first, last, setting.tells(name))
        stories[name] = replace(
            story, to_team=moves_to if name == "moved-team" else None, stage=stage if name == "leak" else None
        )
    return Cast(stories, {number: name for name, number in players.items()})


def _days(name: str, horizon: Horizon) -> tuple[int, int]:
    """The first and the last day of a story: it begins with a month where a firm would, else on a Monday."""
    last = horizon.days - 1
    if name not in _BEGINS:
        return 0, last
    begins = horizon.at_share(_BEGINS[name])
    first = horizon.monday(begins) if name in _LASTS else horizon.month_start(begins)
    return first, first + horizon.days_of_share(_LASTS[name]) if name in _LASTS else last


def changed(traits: Traits, story: Story | None) -> Traits:
    """What a story makes of its player's traits."""
    if story is None:
        return traits
    match story.name:
        case "weak-closer":
            return replace(traits, steps=(Step("sales", _CLOSING, story.first, HALVED),))
        case "cold-leads":
            return replace(traits, mix=COLD_MIX)
        case "lucky" | "unlucky":
            return replace(traits, fates=1 if story.name == "lucky" else -1)
        case "thin-logging":
            return replace(traits, thin_since=story.first)
        case "big-project":
            return replace(traits, project=(story.first, story.last))
        case _:
            return traits  # leave, ramping and moving are a matter of days and teams, not of traits


def leaking(traits: Traits, story: Story | None, team: int) -> Traits:
    """The traits of somebody in a team, with the leak if it is that team's."""
    if story is None or story.team != team or story.stage is None:
        return traits
    return replace(traits, steps=(*traits.steps, Step("recruiting", story.stage, story.first, HALVED)))
