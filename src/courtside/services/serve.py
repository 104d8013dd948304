"""Serving a workspace: what must hold before the first page is given out, and the processes that give it out."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from courtside.services.account_rules import WELCOME, Changing
from courtside.services.add_user import NewUser, add_user
from courtside.services.caller import Caller
from courtside.services.invite_user import invite_user
from courtside.services.keep_working import working_beside
from courtside.services.open_workspace import open_workspace
from courtside.services.refused import Refused
from courtside.services.workspace import SETTINGS_FILE, Workspace
from courtside.store.access import Role

SETTINGS = "courtside.web.settings"
SECRET_FILE = "secret"  # noqa: S105  (a file's name)
_KEY_VARIABLE = "COURTSIDE_SECRET_KEY"
_LEAST_KEY = 50
_SCHEME = "http"
"""What the server itself speaks; https is a proxy's in front of it."""
_FIRST = NewUser("admin", "Administrator", roles=frozenset({Role.ADMIN}))


@dataclass(frozen=True, slots=True)
class Serving:
    """Where pages are given out, and by how many processes of how many threads."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    threads: int = 8
    allow_plain_http: bool = False
    has_worker: bool = True
    """Whether what is due is done, and what is queued is sent, beside the pages."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A workspace that can be served: its address, what was found, and the first administrator's link, if needed."""

    root: Path
    address: str
    checks: tuple[Mapping[str, str], ...]
    link: str = ""


def use_server_settings(root: Path) -> None:
    """Let this process use the server's settings, with the key of this workspace. Raises Refused.

    Call it before anything else of the application database is used.
    """
    if not (root / SETTINGS_FILE).is_file():
        raise Refused(f"{root} holds no workspace; make one with: courtside init {root} --pack sales")
    key = _key(root / SECRET_FILE)
    from django.conf import settings  # noqa: PLC0415  (slow)

    if settings.configured:
        return
    import django  # noqa: PLC0415

    given = {_KEY_VARIABLE: key, "DJANGO_SETTINGS_MODULE": SETTINGS}
    os.environ.update(given)
    try:
        django.setup()
    finally:
        for name in given:  # what this process starts need not know the key
            del os.environ[name]


def _key(path: Path) -> str:
    """The key sessions are signed with: made the first time, refused if others can read it or it is too short."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Refused(f"others on this host can read {path}, which signs every session; mend it with: chmod 600 {path}")
    key = path.read_text(encoding="utf-8").strip()
    if len(key) < _LEAST_KEY or len(set(key)) < 5:
        raise Refused(f"{path} holds no key of {_LEAST_KEY} characters or more; remove it, and serve makes a new one")
    return key


def prepare(root: Path | None, caller: Caller, serving: Serving, *, only_look: bool = False) -> Ready:
    """Check everything that must hold, bring the tables up to date, and see that somebody can administer.

    `only_look` leaves the database as it is. Raises Refused naming the first thing that does not hold.
    """
    if root is None:
        raise Refused("no workspace is named; give --workspace DIR before the command, or set COURTSIDE_WORKSPACE")
    root = root.absolute()
    use_server_settings(root)
    _refuse_open_air(serving)
    workspace = open_workspace(root)
    checks = (
        _row("workspace", f"{workspace.settings.name} in {root}"),
        _row("key", f"{SECRET_FILE}, readable by its owner alone"),
        _row("database", _durable(workspace, only_look=only_look)),
        _row("tables", _tables(caller, only_look=only_look)),
        _row("settings", _settings()),
    )
    origin = os.environ.get("COURTSIDE_ORIGIN", "").rstrip("/") or f"{_SCHEME}://{_shown(serving.host)}:{serving.port}"
    link = "" if only_look else first_link(caller)
    return Ready(root, origin, checks, f"{origin}{link}" if link else "")


def _row(check: str, found: str) -> dict[str, str]:
    return {"check": check, "state": "fine", "found": found}


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _refuse_open_air(serving: Serving) -> None:
    """Passwords do not travel readable unless somebody says so."""
    from django.conf import settings  # noqa: PLC0415

    try:
        is_own = ip_address(serving.host).is_loopback
    except ValueError:
        is_own = serving.host == "localhost"
    if not (is_own or serving.allow_plain_http or settings.IS_BEHIND_TLS):
        raise Refused(
            f"on {serving.host} passwords would travel readable for others; put a proxy that speaks https in front and "
            "set COURTSIDE_ORIGIN to its address, or say --allow-plain-http on a network you trust"
        )


def _durable(workspace: Workspace, *, only_look: bool) -> str:
    """What the connection keeps; sessions are in this database, so only its owner reads it while it is served."""
    from django.db import connection  # noqa: PLC0415

    from courtside.store.durability import promise, refuse_unless_durable  # noqa: PLC0415

    refuse_unless_durable(connection)
    database = workspace.database
    if isinstance(database, Path) and not only_look:
        for path in database.parent.glob(f"{database.name}*"):
            path.chmod(0o600)
    return f"{promise(connection)}: what is acknowledged is kept"


def _tables(caller: Caller, *, only_look: bool) -> str:
    from django.core.management import call_command  # noqa: PLC0415

    from courtside.store.connect import is_current, upgrade  # noqa: PLC0415

    was_current = is_current()
    if only_look:
        return "of this version" if was_current else "of an earlier version; serving brings them up to date"
    if not was_current:
        caller.warn("bringing the tables of this workspace up to this version")
    upgrade()
    call_command("clearsessions")
    return "of this version; sessions that ended are cleared"


def _settings() -> str:
    """The framework's checks for a server in use and our own, without one finding. Raises Refused."""
    from django.conf import settings  # noqa: PLC0415
    from django.core.checks import WARNING, run_checks  # noqa: PLC0415

    if settings.DEBUG:
        raise Refused("the server's settings say DEBUG, which shows everybody what only its makers should see")
    found = run_checks(include_deployment_checks=True)
    wrong = [str(one) for one in found if one.level >= WARNING and not one.is_silenced()]
    if wrong:
        raise Refused("the server's settings do not hold", lines=wrong)
    declared = sum(1 for _ in import_module("courtside.web.policy").endpoints())
    return f"every check holds; {declared} addresses say who may open them"


def first_link(caller: Caller) -> str:
    """The way in for the first administrator, while there is none who has chosen a password; else nothing.

    There is no default password, and the link is new each time: earlier ones end.
    """
    from courtside.store import accounts  # noqa: PLC0415

    known = [one for one in accounts.accounts() if one.is_active and Role.ADMIN in one.roles]
    if any(one.has_password for one in known):
        return ""
    changing = Changing(caller)
    if known:
        return WELCOME.format(secret=invite_user(changing, known[0].user_id))
    names = {one.username for one in accounts.accounts()}
    username = next(name for name in ("admin", *(f"admin{n}" for n in range(2, 100))) if name not in names)
    _, secret = add_user(changing, NewUser(username, _FIRST.name, roles=_FIRST.roles), frozenset())
    return WELCOME.format(secret=secret)


def run(workspace_root: Path, serving: Serving) -> None:
    """Give pages out until stopped; each process opens the workspace for itself."""
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415  (only a server needs it)

    from courtside.store.connect import disconnect  # noqa: PLC0415

    disconnect()  # a connection must not be shared by processes that part from this one

    class Server(BaseApplication):  # type: ignore[misc]  # the library has no types
        """The server, told by us instead of by its own command line."""

        def load_config(self) -> None:
            """What this server is to do."""
            for name, value in _told(serving).items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            """The site, in a process of its own."""
            return import_module("courtside.web.wsgi").application_for(workspace_root)

    with working_beside(workspace_root, is_wanted=serving.has_worker):
        Server().run()


def _told(serving: Serving) -> dict[str, Any]:
    return {
        "bind": [f"{_shown(serving.host)}:{serving.port}"],
        "workers": serving.workers,
        "threads": serving.threads,
        "worker_class": "gthread",
        "preload_app": False,
        "timeout": 120,
        "graceful_timeout": 10,
        "keepalive": 5,
        "max_requests": 20_000,
        "max_requests_jitter": 2_000,
        "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,  # noqa: S108  (the server's heartbeat)
        "proc_name": "courtside",
        "accesslog": None,
        "loglevel": "warning",
    }
