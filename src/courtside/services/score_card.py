"""Score cards: the metrics a workspace's model chose, for the firm, a team and its people, or one person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from courtside.records.period import Grain, Period
from courtside.services.answer_metric import Answered, days_of, in_session
from courtside.services.asking import Clocks, read_clocks
from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force, read_installed_pack
from courtside.services.list_metrics import require_metric
from courtside.services.refused import Refused
from courtside.services.scoring import scorer_of
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.analysis.cards.scorecard import Scorer
    from courtside.warehouse.question import Question
    from courtside.warehouse.session import Session

DEFAULT_GRAIN = Grain.QUARTER


@dataclass(frozen=True, slots=True)
class ShowCard:
    """Whose card (the firm's, if nobody is named), and for when.

    With `grain` alone: its last finished period. With `period` alone: that one. With both: each of its parts.
    """

    person: str | None = None
    team: str | None = None
    grain: Grain | None = None
    period: str | None = None
    as_of: date | None = None
    known_at: date | datetime | None = None

    @property
    def scope(self) -> str:
        """The scope the card is of."""
        if self.person is not None:
            return f"person:{self.person}"
        return f"team:{self.team}" if self.team is not None else "company"


def score_card(workspace: Workspace, caller: Caller, show: ShowCard) -> Answered:
    """The rows of a card: the scope's figures in the order of the ladder, for a team then each member's.

    Raises Refused for a person, team or period nobody knows, and for a workspace without records.
    """
    catalogue = catalogue_in_force(workspace)
    names = [require_metric(workspace, catalogue, name).name for name in card_of(workspace)]
    clocks = read_clocks(workspace, caller, show.as_of, show.known_at)
    named = days_of(workspace, show.period) if show.period not in (None, "all") else None
    _log(caller, show, names)

    def rows(session: Session) -> tuple[list[Mapping[str, Any]], list[str]]:
        return _Card(scorer_of(session, names), show, clocks, names).rows(named)

    (found, told), notes = in_session(workspace, caller, catalogue, _question(names[0], clocks), rows)
    return Answered(tuple(found), (*notes, *dict.fromkeys(told)), clocks.as_of, clocks.known_at)


def card_in(
    session: Session, workspace: Workspace, show: ShowCard, clocks: Clocks
) -> tuple[tuple[Mapping[str, Any], ...], tuple[str, ...]]:
    """The same rows and notes from a session that is open already; whoever asks sees to the log. Raises Refused."""
    names = [require_metric(workspace, session.catalogue, name).name for name in card_of(workspace)]
    named = days_of(workspace, show.period) if show.period not in (None, "all") else None
    found, told = _Card(scorer_of(session, names), show, clocks, names).rows(named)
    return tuple(found), tuple(dict.fromkeys(told))


def card_of(workspace: Workspace) -> Sequence[str]:
    """The metrics of the workspace's card, from causes to results. Raises Refused if its pack has no such card."""
    settings = workspace.settings
    cards = read_installed_pack(settings.pack).cards
    if settings.model not in cards:
        raise Refused(f"pack {settings.pack} proposes no card for model {settings.model}; choose: {', '.join(cards)}")
    return [line.metric for line in cards[settings.model]]


def _question(metric: str, clocks: Clocks) -> Question:
    from courtside.warehouse.question import Question  # noqa: PLC0415

    return Question(metric, (), None, None, None, clocks.as_of, clocks.known_at)


@dataclass(frozen=True, slots=True)
class _Card:
    """One card being filled in."""

    scorer: Scorer
    show: ShowCard
    clocks: Clocks
    names: Sequence[str]

    def rows(self, named: tuple[date, date] | None) -> tuple[list[Mapping[str, Any]], list[str]]:
        """The rows, and what there is to tell about them."""
        told: list[str] = []
        days, grain = self._days(named, told)
        members = self._members(days) if self.show.team is not None else []
        own = list(self._of(days, grain, (self.show.scope,), None, told))
        theirs = list(self._of(days, grain, (), frozenset(members), told)) if members else []
        place = {scope: number for number, scope in enumerate(members)}
        return [*own, *sorted(theirs, key=lambda row: place[row["scope"]])], told

    def _days(self, named: tuple[date, date] | None, told: list[str]) -> tuple[tuple[date, date] | None, Grain | None]:
        """First and last day, and the grain they are cut in. Nothing recorded later than asked for is told."""
        if self.show.period == "all":
            return None, self.show.grain
        if named is not None:
            return named, self.show.grain
        latest = self.scorer.latest(self.show.grain or DEFAULT_GRAIN, self.clocks.as_of)
        if latest is None:
            raise Refused("nothing has been imported that a card could be made of; see: courtside import --help")
        told.extend(_how_old(latest, self.clocks.as_of))
        return (latest.starts_on, latest.last_on), None

    def _members(self, days: tuple[date, date] | None) -> list[str]:
        """The scopes of those who were in the team on any of the days, in the order of their names."""
        first, last = days or (date.min, self.clocks.as_of)
        last = min(last, self.clocks.as_of)
        spans = self.scorer.session.open_firm().spans
        found = {
            person for person, starts_on, ends_on, team, *_ in spans
            if team == self.show.team and starts_on <= last and (ends_on is None or ends_on > first)
        }  # fmt: skip
        names = self.scorer.session.engine.person_names()
        return [f"person:{person}" for person in sorted(found, key=lambda person: (names.get(person, ""), person))]

    def _of(
        self, days: tuple[date, date] | None, grain: Grain | None, scopes: tuple[str, ...],
        wanted: frozenset[str] | None, told: list[str],
    ) -> Iterator[Mapping[str, Any]]:  # fmt: skip
        """The rows of some scopes for every metric; one that cannot be cut so is told and left out."""
        from courtside.warehouse.question import CannotAnswer, Question  # noqa: PLC0415

        by = ("person",) if wanted is not None else ()
        first, last = days or (None, None)
        clocks = self.clocks
        for name in self.names:
            question = Question(name, by, grain, first, last, clocks.as_of, clocks.known_at, scopes)
            try:
                answer = self.scorer.ask(question, wanted)
            except CannotAnswer as reason:
                if scopes and name == self.names[0]:
                    raise
                told.append(str(reason))
                continue
            told.extend(answer.notes)
            rung = self.scorer.session.catalogue[name].rung.value
            yield from ({**row, "rung": rung} for row in answer.rows)


def _how_old(latest: Period, as_of: date) -> Iterator[str]:
    """That the last finished period is not the one just over, where records stop earlier."""
    if (as_of - latest.last_on).days > (latest.ends_on - latest.starts_on).days:
        yield f"Nothing is recorded after {latest.last_on}: this is the card of {latest.name}."


def _log(caller: Caller, show: ShowCard, names: Sequence[str]) -> None:
    """Who looked at whose card is part of the record; the firm's own names nobody."""
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    if show.scope != "company":
        detail = {"scope": show.scope, "period": show.period, "metrics": list(names)}
        audit.write(audit.Act(caller.clock(), caller.who, "score_card", detail))
