"""The application a server process runs: one workspace, opened once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from courtside.services.keep_ready import Keeper, keep_out_of_collections
from courtside.services.open_workspace import open_workspace
from courtside.services.serve import use_server_settings
from courtside.services.standing import stand
from courtside.services.viewing import serve_from

_TURN = 0.0005
"""Seconds a thread may hold the interpreter while another waits: a page gives it up at every query, and would
otherwise wait ten times as long for it each time pages are made ready beside it."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def application_for(root: Path | str) -> Application:
    """The site of a workspace. Raises Refused if it cannot be served; `courtside serve --check` says why."""
    folder = Path(root).absolute()
    use_server_settings(folder)
    workspace = open_workspace(folder)
    serve_from(workspace)
    sys.setswitchinterval(_TURN)
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415  (needs the settings)

    site = WSGIHandler()
    keep_out_of_collections()
    Keeper(stand(workspace)).start()
    return site
