"""Making pages ready, in a process of its own: what is worked out is sent to the server as it is made."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

from courtside.services.alerts_for import make_ready as alerts_ahead
from courtside.services.benchmark_page import benchmark_ahead
from courtside.services.box_score import card_in_force
from courtside.services.box_score_figures import everyone, series
from courtside.services.box_score_periods import frame_of
from courtside.services.caller import Caller
from courtside.services.failures import expected_failures
from courtside.services.ladder_page import read_ahead
from courtside.services.leaks_page import leaks_ahead
from courtside.services.metric_page import drafts_ahead
from courtside.services.note_evidence import note_evidence
from courtside.services.number_chart import charts_ahead
from courtside.services.number_formula import parts_ahead
from courtside.services.refused import Refused
from courtside.services.review_page import review_page
from courtside.services.standing import Kept, Standing, State
from courtside.services.viewing import Visit
from courtside.services.why_page import whys_ahead
from courtside.services.workspace import Workspace
from courtside.services.year_so_far import rates_ahead
from courtside.store.access import Viewer

_GRAINS = ("quarter", "month", "week")
"""The lengths of period made ready, what opens first before the others."""
_NOBODY = Viewer(0, "", "", None, frozenset())
_POLITENESS = 10
"""How far this work steps back for anybody who waits for a page."""


@dataclass(frozen=True, slots=True)
class Finished:
    """Everything of a state was made; or as much as can be, where `why` says what cannot."""

    state: State
    why: str = ""


def visit_of_nobody(standing: Standing, now: datetime) -> Visit:
    """The visit in whose name pages are made ready: it may see nothing itself."""
    return Visit(_NOBODY, standing, Caller(who="keeper", clock=lambda: now), only_looks=True)


def all_of(standing: Standing, now: datetime) -> Iterator[Kept | Finished]:
    """Everything pages are usually made from at an instant, what is asked for first before the rest."""
    visit, told, why = visit_of_nobody(standing, now), set[Hashable](), ""
    try:
        for step in _steps(visit):
            step()
            for kept in standing.kept():
                if kept.key not in told:
                    told.add(kept.key)
                    yield kept
    except Refused as refused:
        why = refused.reason  # nothing imported yet, or nothing a page could be made of
    except expected_failures():
        return  # an import is under way; the next look finds it done
    yield Finished(visit.state, why)


def _steps(visit: Visit) -> Iterator[Callable[[], object]]:
    """What is made ready, in the order in which it is asked for."""
    yield lambda: visit.hierarchy
    yield visit.recorded_until
    card = card_in_force(visit)
    for grain in _GRAINS:
        period = frame_of(visit, grain, "").period
        yield lambda period=period: everyone(visit, card.names, period)  # type: ignore[misc]
        yield lambda period=period: series(visit, card.names, period)  # type: ignore[misc]
        if grain == _GRAINS[0]:
            yield lambda: read_ahead(visit)
            yield lambda period=period: parts_ahead(visit, card.metrics, period)  # type: ignore[misc]
            yield lambda period=period: charts_ahead(visit, card.names, period)  # type: ignore[misc]
            yield lambda period=period: rates_ahead(visit, period)  # type: ignore[misc]
    yield lambda: leaks_ahead(visit)
    yield lambda: whys_ahead(visit)
    yield lambda: alerts_ahead(visit)
    yield lambda: drafts_ahead(visit)
    yield lambda: review_page(visit)
    yield lambda: benchmark_ahead(visit)


def main(arguments: Sequence[str]) -> None:
    """Make everything ready once and end: the workspace's folder, the instant, the number of the file to write to."""
    from courtside.services.open_workspace import open_workspace  # noqa: PLC0415
    from courtside.services.serve import use_server_settings  # noqa: PLC0415

    root, now, handle = Path(arguments[0]), datetime.fromisoformat(arguments[1]), int(arguments[2])
    os.nice(_POLITENESS)
    use_server_settings(root)
    with Connection(handle, readable=False) as to_server, suppress(BrokenPipeError):  # the server may have ended
        workspace = open_workspace(root)
        for message in all_of(Standing(workspace), now):
            if isinstance(message, Finished):
                _note(workspace, now)
            to_server.send(message)


def _note(workspace: Workspace, now: datetime) -> None:
    """Keep the evidence of review years as it is now."""
    with suppress(Refused, *expected_failures()):  # an import is under way, or nothing was imported yet
        note_evidence(workspace, Caller(who="keeper", clock=lambda: now))


if __name__ == "__main__":
    # by its name, so that the server knows the kinds of the messages
    from courtside.services import make_ready as under_its_name

    under_its_name.main(sys.argv[1:])
