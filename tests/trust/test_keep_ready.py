"""Pages are ready before anybody asks: after every change what they are made from is worked out anew."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from multiprocessing import Pipe
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.serving import Served

from courtside.services.caller import Caller
from courtside.services.import_records import Request, import_records
from courtside.services.keep_ready import Keeper
from courtside.services.make_ready import all_of
from courtside.services.standing import Kept, Standing, stand
from courtside.services.viewing import served as workspace_served
from courtside.warehouse.session import Session

if TYPE_CHECKING:
    from django.test import Client

Door = Callable[..., "Client"]
PAGES = ("/people/{rae}/", "/people/{rae}/?grain=month", "/ladder/", "/ladder/?scope=team:{team}", "/teams/{team}/")
GATE = "pages found ready"
GATES = (GATE,)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The questions put to the warehouse, as they are put."""
    found: list[object] = []
    own = Session.figures

    def figures(self: Session, names: object, asked: object) -> object:
        found.append((names, asked))
        return own(self, names, asked)  # type: ignore[arg-type]

    monkeypatch.setattr(Session, "figures", figures)
    return found


def opened(served: Served, client: Client, path: str) -> None:
    at = path.format(rae=served.people["rae"], team=served.team)
    assert client.get(at).status_code == 200, at


def test_after_a_look_the_usual_pages_ask_the_warehouse_nothing_until_something_changes(
    own_copy: Served, tmp_path: Path, asked: list[object], counted: Callable[[str, int], None]
) -> None:
    keeper, client = Keeper(stand(workspace_served())), own_copy.client("maya")
    keeper.look()
    assert keeper.done == 1
    assert not asked, "the process that serves worked something out itself"
    ready = 0
    for path in PAGES:
        asked.clear()
        opened(own_copy, client, path)
        ready += not asked
    assert ready == len(PAGES), f"{len(PAGES) - ready} pages had to be worked out while somebody waited"
    counted(GATE, ready)
    from courtside.store.evidence import noted

    assert noted(own_copy.people["rae"]), "the evidence of the year is not kept"
    keeper.look()
    assert keeper.done == 1, "nothing has changed, and yet it was worked out again"
    file = tmp_path / "activities.csv"
    file.write_text(f"activity_id,person_id,at,kind\nNEW1,{own_copy.people['rae']},2026-09-01T09:00,call\n")
    import_records(workspace_served(), Caller(who="ola"), Request((file,)))
    opened(own_copy, client, PAGES[0])
    assert asked, "a page showed what was known before the import"


def test_what_a_process_of_its_own_sends_is_what_the_server_would_have_made(own_copy: Served) -> None:
    standing = stand(workspace_served())
    Keeper(standing).look()
    own = [each for each in all_of(Standing(workspace_served()), own_copy.clock.now()) if isinstance(each, Kept)]
    assert len(own) > 20
    for each in own:
        sent = standing.remembered(own_copy.caller, each.key, lambda: None)
        assert sent == each.what, each.key


def test_an_import_ends_the_work_and_the_next_look_begins_anew(own_copy: Served, tmp_path: Path) -> None:
    keeper, file = Keeper(Standing(workspace_served())), tmp_path / "activities.csv"
    file.write_text(f"activity_id,person_id,at,kind\nNEW2,{own_copy.people['rae']},2026-09-01T09:00,call\n")
    begun = threading.Thread(target=keeper.look)
    begun.start()
    import_records(workspace_served(), Caller(who="ola"), Request((file,)))
    begun.join()
    assert keeper.done == 0, "what was made before the import was taken for what is known after it"
    keeper.look()
    assert keeper.done == 1


def test_a_process_that_fails_is_told_of_and_not_begun_again_before_something_changes(
    own_copy: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begun = []

    @contextmanager
    def making(standing: Standing, now: datetime) -> Iterator[tuple[object, object]]:
        begun.append((standing, now))
        here, there = Pipe(duplex=False)
        with subprocess.Popen((sys.executable, "-c", "raise SystemExit(3)")) as process:
            there.close()
            yield process, here

    monkeypatch.setattr("courtside.services.keep_ready._making", making)
    keeper, client = Keeper(stand(workspace_served())), own_copy.client("maya")
    keeper.look()
    keeper.look()
    assert len(begun) == 1
    assert "ended with 3" in caplog.text
    opened(own_copy, client, PAGES[0])


def test_without_a_keeper_the_first_to_come_waits(own_copy: Served, asked: list[object]) -> None:
    opened(own_copy, own_copy.client("maya"), PAGES[0])
    assert asked


def test_a_keeper_outlives_what_goes_wrong(
    own_copy: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    keeper, looks = Keeper(Standing(workspace_served())), []

    def look(self: Keeper) -> None:
        looks.append(1)
        if len(looks) == 3:
            self.stop()
        raise RuntimeError("a page could not be made")

    monkeypatch.setattr(Keeper, "look", look)
    monkeypatch.setattr("courtside.services.keep_ready.SECONDS", 0.01)
    keeper._run()  # noqa: SLF001  (in this thread, to see it end)
    assert len(looks) == 3
    assert "could not be made ready" in caplog.text
    del own_copy
