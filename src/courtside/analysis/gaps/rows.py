"""A gap as rows and notes: DATA 5's fields, each plan's origin, the cohort, and whether it is the team's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from courtside.analysis.cards.pools import LEAST_PEOPLE
from courtside.analysis.gaps.factor import Whose
from courtside.analysis.gaps.gap import PLAN_GAP, TIMING, Part
from courtside.analysis.gaps.identity import is_absence
from courtside.analysis.gaps.planned import ALLOWED, OWN, PEERS, PREVIOUS, TARGET, WHOLE
from courtside.analysis.gaps.why import Role, Whys
from courtside.analysis.gaps.words import Said, half_the_team, headline, of_the_team, row_sentence
from courtside.analysis.wording import noun, plural
from courtside.metrics.metric import Unit

TEAM_SHARE = 0.5
"""From this share of a team on, a shortfall is the team's."""
SURE_SHORT = 0.9
"""A member counts as short on a factor from this chance on that its effect is below 0."""
LEAST_SHORT = 0.1
"""... if it costs at least this share of the plan."""
BEYOND = 1.5
"""So many times the others' typical shortfall is more than the team's."""
LEAST_MEMBERS = 4
"""With fewer people in a team there is no comparison (UX 8.2)."""

Row = Mapping[str, Any]


def of_person(whys: Whys, person: str, least_members: int = LEAST_MEMBERS) -> tuple[list[Row], list[str]]:
    """The rows and notes of one person's gap; the first note is the headline.

    Of a team of fewer than `least_members` people nothing is said.
    """
    found = whys.of_person(person)
    role = whys.role_of(person)
    at = role.people.index(person)
    said = _said(whys, float(role.value[at]), found)
    notes = [headline(said, found), *_of_the_team(whys, person, found, least_members), *_cohort([role])]
    notes += _origins(found, len(role.people) - 1, role.role)
    return _rows(whys, said, found, f"person:{person}"), notes


def of_team(whys: Whys) -> tuple[list[Row], list[str]]:
    """The rows and notes of a team's gap; the first note is the headline."""
    found, (value, _) = whys.of_team(), whys.team_value
    said = _said(whys, value, found)
    names = dict.fromkeys(whys.role_of(person).role for person in whys.members())
    roles = [whys.roles[name] for name in names]
    notes = [headline(said, found), *_of_half(whys), *_cohort(roles)]
    people = sum(len(role.people) for role in roles)
    notes += _origins(found, people - 1, " and ".join(str(role.role) for role in roles))
    if len(roles) > 1:
        notes.append("The team has several roles: factors of one role multiply within it, and the effects add up.")
    return _rows(whys, said, found, f"team:{whys.team}"), notes


def _said(whys: Whys, value: float, found: Sequence[Part]) -> Said:
    return Said(whys.metric, whys.session.currency, value, value - sum(part.effect for part in found))


def _rows(whys: Whys, said: Said, found: Sequence[Part], scope: str) -> list[Row]:
    rows: list[Row] = []
    for part in found:
        if part.about.name == "ramp" and part.plan == part.actual == 1:
            continue
        row = {
            "factor": part.about.name, "plan": part.plan, "actual": part.actual, "effect": part.effect,
            "interval": part.interval, "chance": part.chance, "whose": part.about.whose.value,
            "label": part.about.label, "unit": part.about.unit.value, "metric": whys.metric.name, "scope": scope,
            "period": whys.period.name, "origin": part.origin, "observed": part.is_observed,
            "sentence": row_sentence(said, part),
        }  # fmt: skip
        if whys.metric.unit is Unit.MONEY:
            row["currency"] = whys.session.currency
        rows.append(row)
    return rows


def _of_the_team(whys: Whys, person: str, found: Sequence[Part], least_members: int) -> Iterator[str]:
    """Whether at least half of a person's team are short on the factor the person is most short on."""
    team, role = whys.team_of(person), whys.role_of(person)
    theirs = [part for part in found if part.about.whose in (Whose.THEIRS, Whose.HANDED) and not is_absence(part.about)]
    worst = min(theirs, key=lambda part: part.effect)
    own = _short_by(whys, person, worst.about.name)
    if own is None or team is None:
        return
    mates = [mate for mate in whys.members(team) if whys.team_of(mate) == team and mate in role.people]
    if len(mates) < least_members:
        return
    short = {mate: by for mate in mates if (by := _short_by(whys, mate, worst.about.name)) is not None}
    if len(short) >= TEAM_SHARE * len(mates):
        others = [by for mate, by in short.items() if mate != person]
        is_beyond = not others or own > BEYOND * median(others)
        yield of_the_team(worst, len(short), len(mates), team, is_beyond=is_beyond)


def _of_half(whys: Whys) -> Iterator[str]:
    """The factors on which at least half of those of a role in the team are short."""
    members: dict[str | None, list[str]] = {}
    for member in whys.members():
        if whys.team_of(member) == whys.team:
            members.setdefault(whys.role_of(member).role, []).append(member)
    for role, mates in members.items():
        factors = [factor.about for factor in whys.roles[role].factors if not is_absence(factor.about)]
        short = [
            about.label for about in factors
            if sum(_short_by(whys, mate, about.name) is not None for mate in mates) >= TEAM_SHARE * len(mates)
        ]  # fmt: skip
        if short and len(mates) >= LEAST_MEMBERS:
            yield half_the_team(short, len(mates), str(whys.team))


def _short_by(whys: Whys, person: str, factor: str) -> float | None:
    """The share of the plan a person is short by on a factor; None where it is small, or chance could make it."""
    planned = whys.gap(person).planned_value
    part = next(part for part in whys.of_person(person) if part.about.name == factor)
    is_sure = part.chance is not None and part.chance >= SURE_SHORT
    share = -part.effect / planned if planned > 0 else 0.0
    return share if is_sure and share >= LEAST_SHORT else None


def _cohort(roles: Sequence[Role]) -> Iterator[str]:
    """Which cases the factors are measured on."""
    for role in roles:
        route, window = role.route, role.seen.cohort
        if route is not None:
            whose = f" of the role {role.role}" if len(roles) > 1 else ""
            what = "leads that came" if route.by_leads else "cases opened"
            yield (
                f"Factors{whose} are measured on the {what} from {window.starts_on} to {window.last_on}, which could "
                f"close in the period: half of those won take {plural(round(route.half), 'day', 'days')}, 95 in 100 "
                f"at most {round(route.most)}."
            )
    if any(role.route is not None for role in roles):
        yield (
            "What each deal brought is that of the deals of the period. Timing is the figure of the period minus "
            "what these cases brought."
        )


def _origins(found: Sequence[Part], others: int, role: str | None) -> Iterator[str]:
    """Where the plan of every factor comes from."""
    texts = {
        TARGET: "the target that is set",
        PEERS: f"what {plural(others, 'other', 'others')} of the role {role or 'unknown'} did (as at full presence)",
        PREVIOUS: "their own figure in the period before",
        OWN: "their own figure, as there is neither a target nor anybody else to compare with",
        ALLOWED: "the share the target already allows for, so that leave in the period is in the plan",
        WHOLE: "all working days and a full target",
    }
    named: dict[str, list[str]] = {}
    for part in found:
        if part.about.name not in (TIMING, PLAN_GAP, "ramp"):
            named.setdefault(part.origin or "", []).append(noun(part.about.label))
    for origin, labels in named.items():
        text = " or ".join(texts[one] for one in origin.split("/") if one in texts)
        yield f"The plan of {', '.join(labels)} is {text}."
    yield (
        "An interval holds 90 % of 1,000 draws of all factors from their posteriors; the plan is taken as it stands. "
        f"Where at least {LEAST_PEOPLE} of the role have cases, the fewer of one's own a rate or a count rests on, the "
        "more it is drawn towards theirs: an interval speaks of the level behind a figure, and may leave that out."
    )
