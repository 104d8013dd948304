"""Why a team is short, as a page: its members' gaps added up, and the factors that are the team's and not one person's.

Only who may see the team sees it. A sum over few people is shown to nobody who may not see each of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from courtside.services.box_score import card_in_force
from courtside.services.box_score_periods import Frame, frame_of
from courtside.services.gap_page import GapPage, Told, asked_whys, gap_page, held_against, result_of
from courtside.services.refused import Refused
from courtside.services.team_list import how_much
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import SMALLEST_GROUP

if TYPE_CHECKING:
    from courtside.metrics.metric import Metric

TOO_FEW = f"the gap is that of fewer than {SMALLEST_GROUP} people of a role, and would speak of single people"


@dataclass(frozen=True, slots=True)
class Member:
    """One of the team, whose own gap the viewer may open."""

    person_id: str
    name: str


@dataclass(frozen=True, slots=True)
class TeamWhyPage:
    """The page of one team. `members` are named only to who may see their figures."""

    team: str
    gap: GapPage
    members: tuple[Member, ...]
    on_card: frozenset[str]
    """The metrics the team's page compares its people in."""


@dataclass(frozen=True, slots=True)
class _Gap:
    """What there is to say of a team, who its gap is made of, and the fewest of a role among them."""

    told: Told
    people: tuple[str, ...] = ()
    fewest: int = 0


def team_why_page(visit: Visit, team: str, metric: str, grain: str, period: str, against: str) -> TeamWhyPage:
    """Where a team's result is short. Raises NotFound for teams and metrics one may not see, Refused."""
    shows = how_much(visit, team)
    if shows is None:
        raise NotFound
    found, frame, held = result_of(visit, metric), frame_of(visit, grain, period), held_against(against)
    gap = _of_team(visit, team, found, frame, held)
    seen = visit.people() if shows == "names" else frozenset[str]()
    few = SMALLEST_GROUP + (shows == "own")  # to one of them, the others must be as many
    told = ((), (TOO_FEW,)) if gap.told[0] and shows != "names" and gap.fewest < few else gap.told
    members = sorted((Member(one, visit.hierarchy.name(one)) for one in gap.people if one in seen), key=_by_name)
    on_card = frozenset(card_in_force(visit).names) if shows == "names" else frozenset[str]()
    return TeamWhyPage(team, gap_page(visit, found, frame, held, told), tuple(members), on_card)


def _by_name(member: Member) -> tuple[str, str]:
    return member.name.casefold(), member.person_id


def _of_team(visit: Visit, team: str, metric: Metric, frame: Frame, against: str) -> _Gap:
    """What there is to say of a team: the next to look waits for nothing."""
    key = ("why of a team", team, metric.name, frame.period.name, against, visit.today)
    return visit.remembered(key, lambda: _read(visit, team, metric, frame, against), is_bulky=True)


def _read(visit: Visit, team: str, metric: Metric, frame: Frame, against: str) -> _Gap:
    from courtside.analysis.gaps import rows  # noqa: PLC0415  (numpy and scipy load now)

    try:
        with visit.session() as session:
            whys = asked_whys(visit, session, metric, frame, against, team)
            told = rows.of_team(whys)
            people = whys.members()
            roles = Counter(whys.role_of(one).role for one in people)
            return _Gap(told, tuple(people), min(roles.values(), default=0))
    except Refused as refused:
        return _Gap(((), (refused.reason,)))
