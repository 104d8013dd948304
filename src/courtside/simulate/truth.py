"""What is true of the firm, for tests that ask whether the product finds it: stories, rates, and each person's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from courtside.simulate import rates
from courtside.simulate.desk import World
from courtside.simulate.names import team_name
from courtside.simulate.rates import (
    BENCHMARK,
    COLD_MIX,
    HANDED,
    RECRUITING_STAGES,
    RECRUITING_STEPS,
    SALES_STAGES,
    SALES_STEPS,
)
from courtside.simulate.roster import Person
from courtside.simulate.setting import STORIES
from courtside.simulate.sheets import full_name
from courtside.simulate.stories import FATES, HALVED, PROJECT_OPENINGS, PROJECT_SHARE, RECORDED, Story, Traits

_STAGES = {"sales": SALES_STAGES, "recruiting": RECRUITING_STAGES}


def person_id(number: int) -> str:
    """P00017."""
    return f"P{number:05}"


def truth(world: World) -> dict[str, Any]:
    """Everything a test may want to know: the setting, the benchmark, the stories, and each person's true rates."""
    setting, horizon = world.setting, world.horizon
    named = {name: getattr(setting, name) for name in ("seed", "people", "months", "model", "shape")}
    roster = world.roster
    return {
        "setting": {**named, "without": sorted(setting.without)},
        "history_on": horizon.history_on.isoformat(),
        "starts_on": horizon.starts_on.isoformat(),
        "until": horizon.until.isoformat(),
        "benchmark": _benchmark(world),
        "stories": [_story(world, roster.cast.stories[name]) for name in STORIES],
        "people": {
            person_id(person.number): _person(world, person)
            for team in range(roster.teams)
            for person in roster.team(team)
        },
    }


def _benchmark(world: World) -> dict[str, Any]:
    model = world.model
    return {
        "closing_target": model.closing_target,
        "closing_rate": _closing_rate(world, Traits()),
        "sources": {
            name: {"handed_share": s.share, "qualified": s.qualified, "won_once_qualified": s.won, "closed": s.closed}
            for name, s in BENCHMARK.items()
        },
        "prospecting_share": model.prospecting_share,
        "leads_a_working_day": model.leads,
        "dials_a_working_day": {"seller": model.seller_dials, "recruiter": model.recruiter_dials},
        "sales": dict(zip(SALES_STAGES, SALES_STEPS, strict=True)),
        "recruiting": dict(zip(RECRUITING_STAGES, RECRUITING_STEPS, strict=False)),
        "ramp": {"volume": rates.RAMP, "skill": rates.RAMP_SKILL},
    }


def _by_source(traits: Traits) -> dict[str, float]:
    closing = 1.0
    for step in traits.steps:
        closing *= step.factor if step.pipeline == "sales" else 1.0
    return rates.closing_rates(traits.persistence, traits.skill, closing)


def _closing_rate(world: World, traits: Traits) -> float:
    return rates.mean_closing_rate(_by_source(traits), traits.mix, world.model.prospecting_share)


def _person(world: World, person: Person) -> dict[str, Any]:
    """One person's truth. Closing rates are those after the ramp, of leads as they come on average."""
    traits, horizon = person.traits, world.horizon
    story = world.roster.cast.of(person.number)
    found: dict[str, Any] = {
        "name": full_name(world.setting.seed, person.number),
        "role": person.role,
        "team": team_name(person.team),
        "story": story.name if story else None,
        "hired_on": horizon.on(person.hired).isoformat(),
        "left_on": None if person.left is None else horizon.on(person.left).isoformat(),
        "effort": traits.effort,
        "next_step": traits.next_step,
        "care": traits.care,
        "diligence": traits.diligence,
        "steps": [
            {
                "pipeline": step.pipeline,
                "stage": _STAGES[step.pipeline][step.stage],
                "from": horizon.on(step.since).isoformat(),
                "factor": step.factor,
            }
            for step in traits.steps
        ],
    }
    if person.role != "manager":
        found["skill"] = traits.skill
    if person.role == "seller":
        found["persistence"] = traits.persistence
        found["handed_mix"] = dict(zip(HANDED, traits.mix, strict=True))
        found["closing_rate"] = _closing_rate(world, traits)
        found["closing_rate_by_source"] = _by_source(traits)
    if person.role == "recruiter":
        steps = [min(RECRUITING_STEPS[0] * traits.skill, 0.95), *RECRUITING_STEPS[1:]]
        found["recruiting"] = dict(zip(RECRUITING_STAGES, steps, strict=False))
    return found


def _story(world: World, story: Story) -> dict[str, Any]:
    roster = world.roster
    found: dict[str, Any] = {
        "story": story.name,
        "what": story.what,
        "told": story.is_told,
        "person_id": None if story.person is None else person_id(story.person),
        "team": None if story.team is None else team_name(story.team),
        "from": world.horizon.on(story.first).isoformat(),
        "to": world.horizon.on(story.last).isoformat(),
        "changes": _changes(world, story),
    }
    if story.person is None and story.team is not None:
        found["manager_id"] = person_id(roster.manager(story.team))
    return found


def _changes(world: World, story: Story) -> Mapping[str, Any]:
    """What a story changes, in figures."""
    match story.name:
        case "leak":
            return {"pipeline": "recruiting", "stage": RECRUITING_STAGES[story.stage or 0], "factor": HALVED}
        case "weak-closer":
            return {"pipeline": "sales", "stage": "negotiation", "factor": HALVED, "closing_rate": "half the target"}
        case "cold-leads":
            mix = dict(zip(HANDED, COLD_MIX, strict=True))
            return {"handed_mix": mix, "closing_rate": _closing_rate(world, Traits(mix=COLD_MIX))}
        case "lucky" | "unlucky":
            which = "best" if story.name == "lucky" else "worst"
            return {"streams": FATES, "taken": f"{which} share of leads closed, of the decided ones of the last year"}
        case "thin-logging":
            return {"recorded": RECORDED}
        case "big-project":
            return {"prospecting": PROJECT_SHARE, "openings": PROJECT_OPENINGS}
        case "moved-team":
            return {"to_team": team_name(story.to_team or 0)}
        case "ramping":
            return {"hired_on": world.horizon.on(story.first).isoformat()}
        case _:
            return {"absence": story.name}
