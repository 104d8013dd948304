"""Pages as the cast sees them: one firm kept untouched for the session, and copies to change."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.serving import NOW, Clock, FrozenTime, Served, shared_firm
from tests.serving import one_django as one_django

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture(scope="session")
def untouched_firm(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """The firm that no test changes (beyond who is signed in)."""
    own = tmp_path_factory.mktemp("served")
    is_one_of_many = "PYTEST_XDIST_WORKER" in os.environ
    return shared_firm(tmp_path_factory.getbasetemp().parent if is_one_of_many else own, own / "served")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """The product's clock, standing at NOW."""
    monkeypatch.setattr("courtside.services.caller.datetime", FrozenTime)
    FrozenTime.at = NOW
    yield Clock()
    FrozenTime.at = NOW


@pytest.fixture
def served(untouched_firm: Served, clock: Clock) -> Served:
    """The firm, served; change nothing in it."""
    return untouched_firm.point()


@pytest.fixture
def own_copy(served: Served, tmp_path: Path) -> Served:
    """A copy of the firm, served; change what you like."""
    return served.copied(tmp_path / "firm")


@pytest.fixture
def as_user(served: Served) -> Callable[..., Client]:
    """`as_user("maya")`: a browser signed in as one of the cast; without a name, one that is not."""
    return served.client
