"""Pages are ready before anybody asks: after every change what they are made from is worked out anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.serving import Served

from courtside.services.caller import Caller
from courtside.services.import_records import Request, import_records
from courtside.services.keep_ready import Keeper
from courtside.services.standing import Standing, stand
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


def test_after_a_look_the_usual_pages_ask_the_warehouse_nothing(
    own_copy: Served, asked: list[object], counted: Callable[[str, int], None]
) -> None:
    keeper, client = Keeper(stand(workspace_served())), own_copy.client("maya")
    keeper.look()
    assert keeper.done == 1
    assert asked, "the figures come from somewhere"
    ready = 0
    for path in PAGES:
        asked.clear()
        opened(own_copy, client, path)
        ready += not asked
    assert ready == len(PAGES), f"{len(PAGES) - ready} pages had to be worked out while somebody waited"
    counted(GATE, ready)
    asked.clear()
    keeper.look()
    assert (keeper.done, asked) == (1, []), "nothing has changed, and yet it was worked out again"


def test_after_an_import_the_next_look_makes_everything_ready_anew(
    own_copy: Served, tmp_path: Path, asked: list[object]
) -> None:
    keeper = Keeper(stand(workspace_served()))
    keeper.look()
    file = tmp_path / "activities.csv"
    file.write_text(f"activity_id,person_id,at,kind\nNEW1,{own_copy.people['rae']},2026-09-01T09:00,call\n")
    import_records(workspace_served(), Caller(who="ola"), Request((file,)))
    asked.clear()
    keeper.look()
    assert keeper.done == 2
    assert asked


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
