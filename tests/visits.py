"""Every address of the site with things to ask it about, and everybody who might ask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from tests.serving import CAST, Served

if TYPE_CHECKING:
    from django.http import HttpResponse

    from courtside.web.policy import Endpoint

NOBODY = "nobody"
"""Somebody who is not signed in."""
IDENTITIES: Sequence[str] = (*CAST, NOBODY)
OPAQUE: Sequence[str] = ("plan_id", "document_id", "proposal_id", "reading_id")
"""Cases: nobody has one in the firm as it is; those that exist are tried in tests/trust/test_case_matrix.py."""
_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
_REGEX_ARGUMENT = re.compile(r"\(\?P<(\w+)>")
_SECRETS = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"|data-csrf="[^"]*"|"csrfmiddlewaretoken": "[^"]*"')


@dataclass(frozen=True, slots=True)
class Asking:
    """One address asked about one thing: `about` says which in words, `path` is where."""

    endpoint: str
    about: str
    path: str


def arguments_of(pattern: str) -> Sequence[str]:
    """The names of what an address is about."""
    return (*_ARGUMENT.findall(pattern), *_REGEX_ARGUMENT.findall(pattern))


def things(served: Served) -> Mapping[str, Mapping[str, Any]]:
    """What an argument may be: in words, and as it is written into an address."""
    team = sorted(served.members - set(served.people.values()))
    far = sorted(served.hierarchy.members(served.other_team, served_on(served), served_on(served)))
    users = user_ids()
    persons = {
        "rae": served.people["rae"], "tom": served.people["tom"], "maya": served.people["maya"],
        "gwen": served.people["gwen"], "colleague": team[0], "far": far[-1], "missing": "P99999",
    }  # fmt: skip
    return {
        "person_id": persons,
        "team": {"own": served.team, "other": served.other_team, "missing": "Nowhere"},
        "metric": {"dials": "dials", "missing": "no_such_metric"},
        "name": {"dials": "dials", "letter": "improvement_plan", "missing": "no_such_metric"},
        "channel_id": {"missing": 99999},
        "task": {"missing": "AAAAAAAAAAAAAAAA"},
        "case_id": {"missing": "NOSUCHCASE01"},
        "opaque": {"missing": "AAAAAAAAAAAAAAAA"},
        "slug": {"issue": "issue", "missing": "no-such-step"},
        **{one: {"missing": "AAAAAAAAAAAA"} for one in OPAQUE},
        "number": {"first": 1, "missing": 999},
        "upload": {"missing": "0123456789abcdef0123456789abcdef"},
        "upload_id": {"missing": "0123456789abcdef0123456789abcdef"},
        "token": {"missing": "no-such-token"},
        "token_id": {"missing": 99999},
        "user_id": {"rae": users["rae"], "missing": 99999},
        "username": {"rae": "rae", "missing": "no-such-user"},
        "role": {"executive": "executive", "missing": "no-such-duty"},
        "what": {"people": "people", "bands": "bands", "map": "map", "missing": "no-such-question"},
    }


def served_on(served: Served) -> Any:
    """The firm's day."""
    return served.workspace.day(served.clock.now())


def user_ids() -> Mapping[str, int]:
    from courtside.store.accounts import accounts

    return {one.username: one.user_id for one in accounts()}


def askings(endpoint: Endpoint, known: Mapping[str, Mapping[str, Any]]) -> Iterator[Asking]:
    """An address asked about everything it can be about. Raises KeyError for an argument nobody has thought of."""
    names = arguments_of(endpoint.pattern)
    for choice in product(*(known[name].items() for name in names)):
        if sum(words == "missing" for words, _ in choice) > 1:
            continue
        path = "/" + endpoint.pattern
        for name, (_, value) in zip(names, choice, strict=True):
            path = re.sub(rf"<(?:\w+:)?{name}>|\(\?P<{name}>[^)]*\)", str(value), path)
        about = " ".join(f"{name}={words}" for name, (words, _) in zip(names, choice, strict=True))
        yield Asking(
            endpoint.name or endpoint.pattern, about, path.replace("^", "").replace("$", "").replace("\\Z", "")
        )


def bare(answer: HttpResponse) -> bytes:
    """The body without what is made anew for every answer."""
    content = b"".join(answer) if getattr(answer, "streaming", False) else answer.content
    return _SECRETS.sub(b"", content)
