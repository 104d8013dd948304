"""The planted stories: each changes what it says, by as much as it says, and nothing of what happened by chance.

Seeds are drawn at test time and printed. Tolerances are Z standard errors, of which the widest statement here (some 60
comparisons) is wrong by chance less than once in 10,000 runs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tests.simulated import UNTIL, made, seeds

from courtside.simulate import activities as did
from courtside.simulate import rates, sales
from courtside.simulate.books import accounts_of
from courtside.simulate.cells import DAY
from courtside.simulate.desk import World
from courtside.simulate.leads import handed, reach
from courtside.simulate.people_at_work import desk_of, team_at_work
from courtside.simulate.prospecting import prospect
from courtside.simulate.rates import HANDED, RECRUITING_STAGES, SOURCES
from courtside.simulate.setting import STORIES, Setting
from courtside.simulate.stories import FATES, HALVED, PROJECT_OPENINGS, PROJECT_SHARE, RECORDED
from courtside.simulate.truth import truth
from courtside.simulate.work import Work

GATES = ("stories told as the truth says", "leads compared with their true closing rate")
Z = 5.0
MATURE_DAYS = 200
"""Leads so old are decided; younger ones are left out where rates are compared."""


@pytest.fixture(scope="module")
def drawn() -> Sequence[int]:
    """Four seeds."""
    return seeds(4)


@cache
def world(seed: int, *, without: frozenset[str] = frozenset(), shape: str = "steady", people: int = 40) -> World:
    """A firm of that seed."""
    return World(Setting(until=UNTIL, seed=seed, people=people, shape=shape, without=without))


@cache
def team(firm: World, number: int) -> tuple[Work, ...]:
    """A team's work."""
    return team_at_work(firm, number)[0]


def everybody(firm: World) -> Iterator[Work]:
    """The work of all."""
    for number in range(firm.roster.teams):
        yield from team(firm, number)


def player(firm: World, story: str) -> Work:
    """The work of the person who plays a story, told or not."""
    cast = firm.roster.cast.stories[story]
    assert cast.team is not None
    return next(work for work in team(firm, cast.team) if work.desk.person.number == cast.person)


@dataclass(frozen=True, slots=True)
class Closing:
    """Leads of a seller old enough to be decided: how many there are, were won, and should have been."""

    leads: int
    won: int
    expected: float
    variance: float

    def __add__(self, other: Closing) -> Closing:
        return Closing(
            self.leads + other.leads,
            self.won + other.won,
            self.expected + other.expected,
            self.variance + other.variance,
        )

    @property
    def z(self) -> float:
        """How many standard errors the wins are from what the truth says."""
        return (self.won - self.expected) / math.sqrt(self.variance)


def closing(firm: World, work: Work) -> Closing:
    """A seller's mature leads beside the closing rates that `truth.json` gives for them."""
    assert work.prospects
    assert work.sales is not None
    person = truth(firm)["people"][f"P{work.desk.person.number:05}"]
    days = work.desk.axis.day(work.prospects.leads.x)
    mature = days < firm.horizon.days - MATURE_DAYS
    chance = np.array([person["closing_rate_by_source"][name] for name in SOURCES])[work.prospects.leads.source][mature]
    won = np.isin(np.arange(len(days)), work.sales.lead[work.sales.won] % 100_000) & mature
    return Closing(int(mature.sum()), int(won.sum()), float(chance.sum()), float((chance * (1 - chance)).sum()))


def _stays(firm: World, work: Work) -> bool:
    """Whether somebody was there all the time, ramp over."""
    return work.desk.person.left is None and work.desk.person.hired < -400


def test_every_sellers_true_closing_rate_is_what_the_truth_says(
    drawn: Sequence[int], counted: Callable[[str, int], None]
) -> None:
    total = Closing(0, 0, 0.0, 0.0)
    for seed in drawn:
        firm = world(seed)
        for work in everybody(firm):
            if work.prospects and _stays(firm, work) and not work.desk.person.traits.fates:
                one = closing(firm, work)
                assert abs(one.z) < Z, (seed, work.desk.person.number, one)
                total += one
    assert abs(total.z) < Z, total
    counted("leads compared with their true closing rate", total.leads)


def test_the_benchmark_closes_the_target_and_the_weak_closer_half_of_it(
    drawn: Sequence[int], counted: Callable[[str, int], None]
) -> None:
    told = untold = Closing(0, 0, 0.0, 0.0)
    for seed in drawn:
        firm = world(seed)
        weak = truth(firm)["people"][f"P{player(firm, 'weak-closer').desk.person.number:05}"]
        target = firm.model.closing_target
        assert weak["closing_rate"] == pytest.approx(target / 2, abs=0.005)
        told += closing(firm, player(firm, "weak-closer"))
        other = world(seed, without=frozenset({"weak-closer"}))
        untold += closing(other, player(other, "weak-closer"))
        assert truth(firm)["benchmark"]["closing_rate"] == pytest.approx(target, abs=0.01)
    assert abs(told.z) < Z
    assert abs(untold.z) < Z
    # The broken twin: the weak closer's wins beside the benchmark's rates must stand out.
    assert Closing(told.leads, told.won, untold.expected, untold.variance).z < -Z
    half = told.won / told.leads / (untold.won / untold.leads)
    assert half == pytest.approx(HALVED, abs=Z * half * math.sqrt(1 / told.won + 1 / untold.won))
    counted("stories told as the truth says", 1)


def test_the_weak_closer_has_twenty_decided_cases_a_month(drawn: Sequence[int]) -> None:
    for seed in drawn:
        work = player(world(seed), "weak-closer")
        assert work.prospects
        assert work.sales is not None
        decided = work.sales.status != 0
        lost = np.isfinite(work.prospects.fate.disqualified_x) & (
            work.prospects.fate.disqualified_x < work.desk.axis.length
        )
        months = work.desk.world.horizon.days / 30.44
        assert (decided.sum() + lost.sum()) / months >= 20


def test_only_the_weak_closers_wins_change(drawn: Sequence[int]) -> None:
    """Leads, their sources and who was qualified are the same; the story has touched a chance, not a row."""
    for seed in drawn:
        other = world(seed, without=frozenset({"weak-closer"}))
        weak, same = player(world(seed), "weak-closer"), player(other, "weak-closer")
        assert weak.prospects
        assert same.prospects
        assert np.array_equal(weak.prospects.leads.x, same.prospects.leads.x)
        assert np.array_equal(weak.prospects.leads.source, same.prospects.leads.source)
        assert np.array_equal(weak.prospects.fate.qualified_x, same.prospects.fate.qualified_x)
        assert weak.sales is not None
        assert same.sales is not None
        assert set(weak.sales.lead[weak.sales.won]) < set(same.sales.lead[same.sales.won])


def test_cold_leads_are_handed_to_a_seller_who_closes_each_source_like_the_benchmark(
    drawn: Sequence[int], counted: Callable[[str, int], None]
) -> None:
    total = Closing(0, 0, 0.0, 0.0)
    for seed in drawn:
        firm = world(seed)
        work = player(firm, "cold-leads")
        person = truth(firm)["people"][f"P{work.desk.person.number:05}"]
        assert person["closing_rate_by_source"] == pytest.approx(rates.closing_rates(rates.PERSISTENCE, 1.0))
        assert person["closing_rate"] < 0.6 * firm.model.closing_target
        assert work.prospects
        source = work.prospects.leads.source
        handed_out = source[source < len(HANDED)]
        cold = float((handed_out == HANDED.index("cold_list")).mean())
        assert abs(cold - 0.85) < Z * math.sqrt(0.85 * 0.15 / len(handed_out))
        total += closing(firm, work)
    assert abs(total.z) < Z
    counted("stories told as the truth says", 1)


@pytest.mark.parametrize(("story", "best"), [("lucky", max), ("unlucky", min)])
def test_luck_is_the_choice_of_one_stream_among_equals(
    story: str, best: Callable[[Sequence[float]], float], drawn: Sequence[int], counted: Callable[[str, int], None]
) -> None:
    """Leads and true rates are those of the benchmark; of 40 streams that decide them the extreme one was taken."""
    for seed in drawn[:2]:
        firm = world(seed)
        desk = desk_of(firm, player(firm, story).desk.person)
        book = accounts_of(desk.person, firm.horizon, firm.months, desk.stream("book"))
        leads = handed(desk, book)
        reaching = reach(desk, leads)
        shares = [
            sales.share_won(desk, leads, *sales.pursue(desk, leads, reaching, book, n)) for n in range(1, FATES + 1)
        ]
        taken = sales.share_won(desk, leads, *sales.fated(desk, leads, reaching, book))
        assert taken == best(shares)
        assert min(shares) < max(shares)
        other = player(world(seed, without=frozenset({story})), story)
        same = player(firm, story)
        assert other.prospects
        assert same.prospects
        assert np.array_equal(other.prospects.leads.x, same.prospects.leads.x)
        person = truth(firm)["people"][f"P{desk.person.number:05}"]
        assert person["closing_rate"] == truth(firm)["benchmark"]["closing_rate"]
    counted("stories told as the truth says", 1)


def _passed(firm: World, stage: int, *, leaking: bool, since: int) -> Counter[str]:
    """Candidates of recruiters who entered a stage before and since a day, and those who got past it."""
    leak = firm.roster.cast.stories["leak"]
    found: Counter[str] = Counter()
    for number in range(firm.roster.teams):
        if (number == leak.team) != leaking:
            continue
        for work in team(firm, number):
            if work.desk.person.role != "recruiter" or work.placements is None:
                continue
            entered = work.placements.entered
            last = (firm.horizon.days - 60) * DAY
            counts = (entered[:, stage] >= 0) & (entered[:, stage] < last)
            after = entered[:, stage] >= since * DAY
            got_past = entered[:, stage + 1] >= 0
            for name, one in (("before", counts & ~after), ("since", counts & after)):
                found[name] += int(one.sum())
                found[name, "past"] += int((one & got_past).sum())  # type: ignore[index]
    return found


def _ratio(found: Counter[str]) -> tuple[float, float]:
    """The rate since the day over that before it, with its standard error."""
    past = {name: found[name, "past"] for name in ("before", "since")}  # type: ignore[index]
    share = {name: past[name] / found[name] for name in past}
    ratio = share["since"] / share["before"]
    return ratio, ratio * math.sqrt(sum((1 - share[name]) / past[name] for name in past))


def test_the_leak_halves_one_stage_of_one_team_from_its_day_on(
    drawn: Sequence[int], counted: Callable[[str, int], None]
) -> None:
    there: Counter[str] = Counter()
    elsewhere: Counter[str] = Counter()
    sealed: Counter[str] = Counter()
    beside: Counter[str] = Counter()
    for seed in drawn:
        firm, other = world(seed), world(seed, without=frozenset({"leak"}))
        leak = firm.roster.cast.stories["leak"]
        assert leak.stage in (0, 1)
        assert truth(firm)["stories"][0]["changes"]["stage"] == RECRUITING_STAGES[leak.stage]
        there += _passed(firm, leak.stage, leaking=True, since=leak.first)
        elsewhere += _passed(firm, leak.stage, leaking=False, since=leak.first)
        sealed += _passed(other, leak.stage, leaking=True, since=leak.first)
        beside += _passed(firm, 2, leaking=True, since=leak.first)
    for found, expected in ((there, HALVED), (elsewhere, 1.0), (sealed, 1.0), (beside, 1.0)):
        ratio, error = _ratio(found)
        assert abs(ratio - expected) < Z * error, (ratio, error, expected)
    assert _ratio(there)[0] + Z * _ratio(there)[1] < 1
    counted("stories told as the truth says", 1)


def test_the_ramping_seller_was_hired_lately_and_is_given_less_at_first(
    drawn: Sequence[int], counted: Callable[[str, int], None]
) -> None:
    leads = expected = 0.0
    for seed in drawn:
        firm = world(seed)
        work, story = player(firm, "ramping"), firm.roster.cast.stories["ramping"]
        assert work.desk.person.hired == story.first
        assert (firm.horizon.days - story.first) / 30.44 < len(rates.RAMP)
        assert work.desk.days[0] >= story.first
        assert work.prospects
        handed_out = work.prospects.leads.source < len(HANDED)
        leads += float(handed_out.sum())
        months = ((work.desk.days - story.first) / 30.44).astype(int)
        curve = np.array([*rates.RAMP, 1.0])[np.minimum(months, len(rates.RAMP))]
        expected += float((curve * firm.horizon.demand[work.desk.days]).sum()) * firm.model.handed
        untold = player(world(seed, without=frozenset({"ramping"})), "ramping")
        assert untold.desk.person.hired < 0
    assert abs(leads - expected) < Z * math.sqrt(expected)
    counted("stories told as the truth says", 1)


def test_nothing_is_done_or_handed_out_on_leave(drawn: Sequence[int], counted: Callable[[str, int], None]) -> None:
    for seed in drawn:
        firm = world(seed)
        work, story = player(firm, "leave"), firm.roster.cast.stories["leave"]
        absence = next(a for a in work.desk.person.absences if a.kind == "leave")
        assert (absence.first, absence.last) == (story.first, story.last)
        assert absence.last - absence.first >= 60
        away = range(story.first, story.last + 1)
        assert not set(work.desk.days.tolist()) & set(away)
        assert work.prospects
        assert not set(work.desk.axis.day(work.prospects.leads.x).tolist()) & set(away)
        untold = player(world(seed, without=frozenset({"leave"})), "leave")
        assert len(set(untold.desk.days.tolist()) & set(away)) >= 10
    counted("stories told as the truth says", 1)


def test_one_seller_moves_to_another_team(tmp_path: Path, counted: Callable[[str, int], None]) -> None:
    (seed,) = seeds(1)
    firm = made(tmp_path / "firm", seed=seed, months=9)
    story = firm.story("moved-team")
    old, new = [row for row in firm.rows("assignments") if row["person_id"] == story["person_id"]]
    assert (old["team"], new["team"]) == (story["team"], story["changes"]["to_team"])
    assert new["valid_from"] == story["from"]
    assert date.fromisoformat(old["valid_to"]) + timedelta(days=1) == date.fromisoformat(new["valid_from"])
    assert old["team"] != new["team"]
    assert old["manager_id"] != new["manager_id"]
    counts = Counter(row["person_id"] for row in firm.rows("assignments"))
    assert [person for person, count in counts.items() if count > 1] == [story["person_id"]]
    counted("stories told as the truth says", 1)


def test_thin_logging_leaves_rows_out_and_changes_none(tmp_path: Path, counted: Callable[[str, int], None]) -> None:
    (seed,) = seeds(1)
    thin = made(tmp_path / "thin", seed=seed, months=9)
    full = made(tmp_path / "full", seed=seed, months=9, without=frozenset({"thin-logging"}))
    story = thin.story("thin-logging")
    kept, every = (
        [tuple(row.values())[1:] for row in firm.rows("activities") if row["person_id"] == story["person_id"]]
        for firm in (thin, full)
    )
    assert not Counter(kept) - Counter(every)
    calls = ("call", "email", "inmail", "voicemail")
    for since, share in ((False, 1.0), (True, RECORDED["calls"])):
        was, is_ = (
            sum(row[2] in calls and (row[1] >= story["from"]) == since for row in rows) for rows in (every, kept)
        )
        assert abs(is_ - share * was) <= Z * math.sqrt(was * share * (1 - share))
    changed = {row["opportunity_id"] for row in thin.rows("opportunities") if row["person_id"] == story["person_id"]}
    assert changed == {r["opportunity_id"] for r in full.rows("opportunities") if r["person_id"] == story["person_id"]}
    counted("stories told as the truth says", 1)


def test_the_big_project_takes_prospecting_and_gives_it_back(
    drawn: Sequence[int], counted: Callable[[str, int], None]
) -> None:
    found: Counter[tuple[bool, str]] = Counter()
    for seed in drawn:
        story = world(seed).roster.cast.stories["big-project"]
        for firm, is_told in ((world(seed), True), (world(seed, without=frozenset({"big-project"})), False)):
            work = player(firm, "big-project")
            desk = work.desk
            assert work.accounts is not None
            batches, leads = prospect(desk, work.accounts)
            for what, x in (("calls", batches[0].x), ("leads", leads.x)):
                days = desk.axis.day(x)
                found[is_told, what] += int(((days >= story.first) & (days <= story.last)).sum())
                found[is_told, f"{what} after"] += int((days > story.last).sum())
            assert work.orders is not None
            large = int((work.orders.openings >= 5).sum())
            wanted = PROJECT_OPENINGS if is_told else 0
            assert large <= 1
            assert bool(wanted) >= bool(large)
            numbers = set((work.orders.number % 10_000).tolist())
            assert (4_999 in numbers) == is_told
    for what, share in (("calls", PROJECT_SHARE), ("leads", PROJECT_SHARE), ("calls after", 1.0), ("leads after", 1.0)):
        told, untold = found[True, what], found[False, what]
        assert abs(told / untold - share) < Z * share * math.sqrt(1 / told + 1 / untold), (what, told, untold)
    assert pytest.approx(1 - 0.55) == PROJECT_SHARE
    counted("stories told as the truth says", 1)


def test_all_stories_are_told_unless_switched_off(drawn: Sequence[int]) -> None:
    firm = world(drawn[0], without=frozenset(STORIES))
    assert not any(story["told"] for story in truth(firm)["stories"])
    for person in truth(firm)["people"].values():
        assert person["story"] is None
        assert person["steps"] == []
    cast = world(drawn[0]).roster.cast
    assert cast.players == firm.roster.cast.players
    assert len(set(cast.players)) == len(STORIES) - 1


def test_bursty_firms_stray_further_around_the_same_truth(drawn: Sequence[int]) -> None:
    """Counts spread more than Poisson, stages have long tails, a month's deals go together; the rates are the same."""
    steady, bursty = (
        [world(seed, shape=shape, without=frozenset(STORIES)) for seed in drawn[:2]] for shape in ("steady", "bursty")
    )
    assert np.median([_dispersion(work) for firm in steady for work in everybody(firm)]) < 2.5
    assert np.median([_dispersion(work) for firm in bursty for work in everybody(firm)]) > 6
    assert _tail(steady) < 6 < _tail(bursty)
    total = Closing(0, 0, 0.0, 0.0)
    for firm in bursty:
        for work in everybody(firm):
            if work.prospects and _stays(firm, work):
                total += closing(firm, work)
    # Long tails leave more leads undecided, and shocks add to the variance: the same truth, less sharply.
    assert 0.8 < total.won / total.expected < 1.15


def _dispersion(work: Work) -> float:
    """Variance over mean of the calls on each day present."""
    calls = work.activities.x[(work.activities.kind == did.CALL) & (work.activities.x < work.desk.axis.length)]
    counts = np.bincount(calls.astype(int), minlength=work.desk.axis.length)
    return float(counts.var() / counts.mean())


def _tail(firms: Sequence[World]) -> float:
    """The 99th percentile of the days from meeting to proposal over their median."""
    days = []
    for firm in firms:
        for work in everybody(firm):
            if work.sales is not None:
                entered = work.sales.entered
                both = (entered[:, 1] >= 0) & (entered[:, 2] >= 0)
                days += ((entered[both, 2] - entered[both, 1]) / DAY).tolist()
    return float(np.quantile(days, 0.99) / np.median(days))


def test_bursty_weeks_are_typed_in_on_their_last_day(tmp_path: Path) -> None:
    (seed,) = seeds(1)
    late = {}
    for shape in ("steady", "bursty"):
        firm = made(tmp_path / shape, seed=seed, shape=shape)
        rows = [(r["at"][:10], r["created_at"][:10]) for r in firm.rows("activities") if r["kind"] == "call"]
        late[shape] = sum(at < created for at, created in rows) / len(rows)
    assert late["steady"] < 0.001
    assert late["bursty"] > 0.1
