"""Users on the command line: the host names the first HR partner alone; what it does is logged as on the site."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from tests.asking import Asking


def acts(verb: str) -> list[dict[str, Any]]:
    from courtside.store.audit import acts

    return [dict(act.detail) for act in acts(verb)]


def test_somebody_added_gets_a_link_and_is_listed(full: Asking) -> None:
    reply = full.run("users", "add", "Rae Ortiz", "--person", "P1", "--email", "rae@firm.example", "--format", "json")
    (row,) = reply.rows
    assert row["username"] == "rae.ortiz"
    assert row["link"].startswith("http://127.0.0.1:8000/account/welcome/")
    assert "once" in reply.notes
    (listed,) = full.rows("users", "list")
    assert {key: listed[key] for key in ("username", "name", "person", "roles", "account")} == {
        "username": "rae.ortiz",
        "name": "Rae Ortiz",
        "person": "P1",
        "roles": None,
        "account": "invited",
    }
    assert acts("add_user") == [{"user": "rae.ortiz", "person": "P1", "roles": [], "from": "host"}]
    assert row["link"].rsplit("/", 2)[1] not in str(acts("add_user"))


def test_two_of_one_name_get_two_user_names(empty: Asking) -> None:
    names = [empty.rows("users", "add", name)[0]["username"] for name in ("Zoë Ångström", "Zoe Angstrom", "李")]
    assert names == ["zoe.angstrom", "zoe.angstrom2", "user"]


def test_links_begin_with_the_address_people_use(empty: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURTSIDE_ORIGIN", "https://example.com/")
    assert empty.rows("users", "add", "Ada")[0]["link"].startswith("https://example.com/account/welcome/")


def test_the_path_of_a_link_is_the_one_the_site_has() -> None:
    from django.urls import reverse

    from courtside.services.account_rules import WELCOME

    assert reverse("welcome", args=["abc"]) == WELCOME.format(secret="abc")  # noqa: S106


@pytest.mark.parametrize("role", ["hr", "executive", "admin", "auditor", "operations"])
def test_the_host_gives_and_takes_every_duty(empty: Asking, role: str) -> None:
    empty.run("users", "add", "Ada", "--role", "admin")
    empty.run("users", "add", "Hana")
    assert empty.rows("users", "grant", "hana", role)[0]["roles"] == role
    assert empty.run("users", "grant", "hana", role).status == 1
    assert empty.rows("users", "revoke", "hana", role)[0]["roles"] is None
    assert empty.run("users", "revoke", "hana", role).status == 1
    assert acts("grant_role") == acts("revoke_role") == [{"user": "hana", "role": role, "from": "host"}]


def test_an_account_is_closed_and_opened(empty: Asking) -> None:
    empty.run("users", "add", "Rae")
    assert empty.rows("users", "close", "rae")[0]["account"] == "closed"
    assert "open the account first" in empty.run("users", "link", "rae").said
    assert empty.rows("users", "open", "rae")[0]["account"] == "invited"
    assert empty.rows("users", "link", "rae", "--reset-second-factor")[0]["link"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "Rae", "--person", "P9"), "nearest: P"),
        (("add", "Rae", "--username", "Rae!"), "is no user name"),
        (("add", "Rae", "--username", "tom"), "there is a user 'tom' already"),
        (("add", "Rae", "--email", "nowhere"), "is no e-mail address"),
        (("add", "Rae", "--role", "amdin"), "nearest: admin"),
        (("add", "Rae", "--person", "P2"), "those of user 'tom' already"),
        (("add", ""), "a user needs a name"),
        (("grant", "tmo", "hr"), "nearest: tom"),
        (("grant", "tom", "boss"), "there is no duty 'boss'"),
        (("close", "ada"), "last administrator"),
        (("revoke", "ada", "admin"), "last administrator"),
        (("open", "tom"), "is open already"),
        (("link", "nobody"), "there is no user"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(full: Asking, words: tuple[str, ...], said: str) -> None:
    full.run("users", "add", "Tom", "--person", "P2")
    full.run("users", "add", "Ada", "--role", "admin")
    before = full.rows("users", "list")
    reply = full.run("users", *words)
    assert reply.status == 1
    assert said in reply.said
    assert full.rows("users", "list") == before


def as_made_before_there_were_users(workspace: Path) -> None:
    """Take every table of users and of the site out again."""
    from courtside.store.connect import disconnect

    disconnect()
    with sqlite3.connect(workspace / "app.sqlite3") as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        old = {"store_importbatch", "store_batchfile", "store_metricversion", "store_event", "store_mapping"}
        for table in tables:
            if table not in old and not table.startswith(("sqlite_", "django_migrations")):
                database.execute(f'DROP TABLE "{table}"')
        database.execute("DROP INDEX acts_that_erased")
        database.execute("DROP TRIGGER store_event_no_update")
        database.execute(
            "CREATE TRIGGER store_event_no_update BEFORE UPDATE ON store_event "
            "BEGIN SELECT RAISE(ABORT, 'the log of acts can only be added to'); END"
        )
        database.execute("DELETE FROM django_migrations WHERE app <> 'store' OR name >= '0003'")
    database.close()


def test_a_workspace_made_before_there_were_users_gets_its_tables(full: Asking, tmp_path: Path) -> None:
    figures = full.rows("metric", "dials", "--by", "person")
    shutil.copytree(full.workspace, tmp_path / "old")
    as_made_before_there_were_users(tmp_path / "old")
    old = Asking(tmp_path / "old")
    assert old.rows("metric", "dials", "--by", "person") == figures
    assert old.rows("users", "list") == []
    assert old.rows("users", "add", "Rae Ortiz", "--person", "P1")[0]["username"] == "rae.ortiz"
    assert old.rows("metric", "dials", "--by", "person") == figures
