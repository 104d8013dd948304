"""A visit on the host as a user: plans and proposals are opened there with that user's own token, by the same rules."""

from __future__ import annotations

from dataclasses import replace

from courtside.services.caller import Caller
from courtside.services.refused import Refused
from courtside.services.viewing import Visit, serve_from, visit_by_token
from courtside.services.workspace import Workspace


def visit_as(workspace: Workspace, username: str, token: str, caller: Caller) -> Visit:
    """The visit of the user a token is of. Raises Refused for a token that is not (any more) one of theirs.

    Whoever runs the command, the log names the user: a token is theirs alone.
    """
    serve_from(workspace)
    found = visit_by_token(token) if token else None
    if found is None or found.viewer.username != username:
        raise Refused(f"this is no token of {username} that can be used; they make one on their account page")
    return replace(found, only_looks=False, caller=replace(caller, who=username))
