"""The API answers each identity what it may see, refuses the rest alike, and keeps to its own description."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.serving import CAST, NOW, Served

if TYPE_CHECKING:
    from django.test import Client

GATES = ("api answers looked at (identity x endpoint)", "api requests generated from its description")
BASE = "/api/v1"

AsUser = Callable[..., "Client"]


def token_of(username: str, days: int = 30) -> str:
    """A token of one of the cast."""
    from django.contrib.auth import get_user_model

    from courtside.services.caller import utc_now
    from courtside.store.accounts import make_token

    user = get_user_model().objects.get(username=username)
    _, secret = make_token(user.pk, "a test", utc_now(), utc_now() + timedelta(days=days))
    return secret


def ask(client: Client, address: str, **params: Any) -> tuple[int, dict[str, Any]]:
    """Status and body of a request."""
    answer = client.get(f"{BASE}{address}", params)
    assert answer["Content-Type"].startswith("application/json"), answer.content
    return answer.status_code, answer.json()


def scopes(body: dict[str, Any]) -> list[str]:
    """The scopes of the rows answered."""
    return [row["scope"] for row in body["rows"]]


# who gets what -----------------------------------------------------------------------------------------

ENDPOINTS: dict[str, dict[str, str]] = {
    "/me": {},
    "/metrics": {},
    "/metrics/dials": {},
    "/people": {},
    "/teams": {},
    "/figures of rae": {"metric": "dials", "scope": "person:{rae}"},
    "/figures of the team": {"metric": "dials", "scope": "team:{team}"},
    "/figures of the firm": {"metric": "dials"},
    "/figures by person": {"metric": "dials", "by": "person"},
    "/figures by team": {"metric": "dials", "by": "team"},
    "/scorecards/{rae}": {},
    "/ladder": {},
    "/ladder of rae": {"scope": "person:{rae}"},
    "/rows of rae": {"metric": "dials", "scope": "person:{rae}", "limit": "5"},
}
EVERYBODY = frozenset(CAST)
_ABOVE_RAE = frozenset({"rae", "maya", "gwen"})
_COMPANY = frozenset({"maya", "gwen", "hana", "eve"})
MAY: dict[str, frozenset[str]] = {
    "/figures of rae": _ABOVE_RAE,
    "/figures of the team": _COMPANY,
    "/figures of the firm": _COMPANY,
    "/scorecards/{rae}": _ABOVE_RAE,
    "/ladder of rae": _ABOVE_RAE,
    "/rows of rae": _ABOVE_RAE,
}
"""Who is answered; everybody else gets 404. Endpoints not named here answer everybody, each what is theirs."""


def _filled(served: Served, text: str) -> str:
    return text.format(team=served.team, **served.people)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_each_identity_gets_what_it_may_see_and_the_same_404_for_the_rest(
    endpoint: str, served: Served, as_user: AsUser, counted: Callable[[str, int], None]
) -> None:
    address = _filled(served, endpoint.partition(" ")[0])
    params = {name: _filled(served, value) for name, value in ENDPOINTS[endpoint].items()}
    missing = ask(as_user("otto"), "/scorecards/nobody")[1]
    for username in CAST:
        status, body = ask(as_user(username), address, **params)
        allowed = username in MAY.get(endpoint, EVERYBODY)
        assert status == (200 if allowed else 404), (username, body)
        assert allowed or body == missing, username
        counted("api answers looked at (identity x endpoint)", 1)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_nobody_unknown_is_answered(endpoint: str, served: Served, as_user: AsUser) -> None:
    from django.test import Client

    address = _filled(served, endpoint.partition(" ")[0])
    for client in (as_user(), Client(headers={"host": "localhost", "authorization": "Bearer cs_nothing"})):
        status, body = ask(client, address)
        assert status == 401
        assert set(body["error"]) == {"reason", "mend"}


def test_every_address_of_the_api_but_its_description_demands_an_identity(served: Served) -> None:
    from django.test import Client

    from courtside.web.policy import endpoints, policy_of

    found = [at for at in endpoints() if at.pattern.startswith("api/v1/") and policy_of(at.view).by_token]
    assert len(found) >= 9
    for at in found:
        address = "/" + at.pattern.replace("<name>", "dials").replace("<person_id>", "x")
        assert Client(headers={"host": "localhost"}).get(address).status_code == 401, at.pattern


def test_a_token_answers_as_its_owner_and_a_revoked_or_old_one_as_nobody(served: Served) -> None:
    from django.test import Client

    from courtside.services.caller import utc_now
    from courtside.store.accounts import revoke_token, tokens_of, viewer_by_token

    secret = token_of("rae")
    client = Client(headers={"host": "localhost", "authorization": f"Bearer {secret}"})
    assert ask(client, "/me")[1]["person_id"] == served.people["rae"]
    viewer = viewer_by_token(secret, utc_now())
    for token in tokens_of(viewer.user_id, utc_now()):
        revoke_token(viewer.user_id, token.token_id, utc_now())
    assert ask(client, "/me")[0] == 401
    old = Client(headers={"host": "localhost", "authorization": f"Bearer {token_of('rae', days=-1)}"})
    assert ask(old, "/me")[0] == 401


def test_a_session_can_only_read(served: Served, as_user: AsUser) -> None:
    for method in ("post", "put", "patch", "delete"):
        assert getattr(as_user("maya"), method)(f"{BASE}/me").status_code in (401, 405)


# people and teams --------------------------------------------------------------------------------------


def test_a_rep_finds_only_their_own_person_figures_and_rows(served: Served, as_user: AsUser) -> None:
    rae = served.people["rae"]
    assert [row["person_id"] for row in ask(as_user("rae"), "/people")[1]["rows"]] == [rae]
    body = ask(as_user("rae"), "/figures", metric="dials", by="person")[1]
    assert scopes(body) == [f"person:{rae}"]
    text = json.dumps(body)
    assert not [one for one in served.hierarchy.names if one != rae and f":{one}" in text]
    page = ask(as_user("rae"), "/rows", metric="dials", scope=f"person:{rae}", limit=1000)[1]
    assert page["total"] > 0
    assert {row["person"] for row in page["rows"]} == {rae}


def test_a_manager_finds_everybody_they_lead_and_nobody_else(served: Served, as_user: AsUser) -> None:
    led = served.hierarchy.led_by(served.people["maya"], NOW.date()) | {served.people["maya"]}
    people = {row["person_id"] for row in ask(as_user("maya"), "/people")[1]["rows"]}
    assert people == led
    assert set(scopes(ask(as_user("maya"), "/figures", metric="dials", by="person")[1])) <= {f"person:{p}" for p in led}


def test_duties_alone_name_no_person(served: Served, as_user: AsUser) -> None:
    for username in ("hana", "eve", "ada", "ola", "ari", "otto"):
        assert ask(as_user(username), "/people")[1]["rows"] == []
        for by in (["person"], ["person", "source"], ["team", "person"], ["manager"]):
            assert ask(as_user(username), "/figures", metric="dials", by=by)[1].get("rows", []) == []


def test_teams_are_answered_to_those_who_may_see_their_total(served: Served, as_user: AsUser) -> None:
    own = f"team:{served.team}"
    for username, expected in (("rae", False), ("maya", True), ("hana", True), ("eve", True), ("otto", False)):
        found = scopes(ask(as_user(username), "/figures", metric="dials", by="team")[1])
        assert (own in found) is expected, username


def test_a_figure_says_everything_the_command_says(served: Served, as_user: AsUser) -> None:
    from courtside.analysis.cards.scorecard import FIELDS

    rae = served.people["rae"]
    (row,) = ask(as_user("rae"), "/figures", metric="dials", scope=f"person:{rae}", period="2026-Q3")[1]["rows"]
    assert set(FIELDS) <= set(row)
    assert row["value"] > 0
    assert row["interval"][0] <= row["value"] <= row["interval"][1]
    assert row["sentence"]


def test_looks_at_many_people_from_further_up_are_one_entry_of_the_log(own_copy: Served) -> None:
    from courtside.store.audit import acts

    before = len(acts("see_figures"))
    ask(own_copy.client("gwen"), "/figures", metric="dials", by="person")
    (act,) = acts("see_figures")[before:]
    assert own_copy.people["rae"] in act.detail["persons"]
    ask(own_copy.client("rae"), "/figures", metric="dials", by="person")
    assert len(acts("see_figures")) == before + 1


# small groups ------------------------------------------------------------------------------------------


def _cells(body: dict[str, Any]) -> dict[str, float]:
    return {row["scope"]: row["value"] for row in body["rows"]}


@pytest.mark.parametrize("dimension", ["segment", "region", "seniority", "role", "tenure", "source"])
@pytest.mark.parametrize("metric", ["new_leads", "closed_sales", "dials", "placements"])
def test_no_group_of_fewer_than_five_is_shown_nor_follows_from_the_rest(
    dimension: str, metric: str, served: Served, as_user: AsUser
) -> None:
    body = ask(as_user("eve"), "/figures", metric=metric, by=dimension, period="2026-Q3")[1]
    if "rows" not in body:
        assert "cannot be cut" in body["error"]["reason"]
        return
    everybody = _people_behind(served, metric, dimension)
    shown = set(_cells(body))
    hidden = {scope: people for scope, people in everybody.items() if scope not in shown}
    for scope in shown:
        assert len(everybody.get(scope, ())) >= 5 or not everybody.get(scope), (scope, everybody.get(scope))
    if hidden:
        assert any("fewer than 5" in note for note in body["notes"])
        assert len(frozenset().union(*hidden.values())) >= 5 or not shown
    for scope in hidden:
        assert ask(as_user("eve"), "/figures", metric=metric, scope=scope, period="2026-Q3")[1]["rows"] == []


def _people_behind(served: Served, metric: str, dimension: str) -> dict[str, frozenset[str]]:
    from courtside.services.answer_metric import Ask, answer_metric

    answered = answer_metric(
        served.workspace, served.caller, Ask(metric, by=(dimension, "person"), period="2026-Q3", as_of=NOW.date())
    )
    found: dict[str, set[str]] = {}
    for row in answered.rows:
        if row["value"] or row["n"]:
            found.setdefault(f"{dimension}:{row[dimension] or ''}", set()).add(row["person"])
    return {scope: frozenset(people) for scope, people in found.items()}


def test_the_ladder_is_of_the_firm_a_team_or_a_person(served: Served, as_user: AsUser) -> None:
    assert ask(as_user("eve"), "/ladder", scope="seniority:junior")[0] == 400
    assert ask(as_user("rae"), "/ladder", scope="seniority:junior")[0] == 404
    status, body = ask(as_user("eve"), "/ladder", metric="placements", scope=f"team:{served.team}", period="2026-Q3")
    assert status == 200
    assert [row["value"] for row in body["rows"] if row["metric"] == "placements"] != [None]
    assert ask(as_user("otto"), "/ladder", scope=f"team:{served.team}")[0] == 404


MANY_KINDS = ("dials", "closing_rate", "revenue", "stage_conversion", "open_opportunities", "nps", "lead_cost",
              "follow_ups_per_contact", "win_rate", "quota_attainers_rate", "account_retention")  # fmt: skip


@pytest.mark.parametrize("metric", MANY_KINDS)
def test_the_records_of_a_person_are_theirs_for_every_kind_of_metric(
    metric: str, served: Served, as_user: AsUser
) -> None:
    rae = served.people["rae"]
    params = {"metric": metric, "scope": f"person:{rae}", "period": "2026-Q3", "limit": 1000}
    status, body = ask(as_user("rae"), "/rows", **params)
    assert status == 200 or "cut" in body["error"]["reason"], body
    assert {row["person"] for row in body.get("rows", ())} <= {rae, None}


def test_the_people_of_a_conversion_are_counted_once_each_and_only_their_own(served: Served, as_user: AsUser) -> None:
    def stays(person: str) -> set[str]:
        params = {"metric": "stage_conversion", "scope": f"person:{person}", "period": "2026-Q3", "limit": 1000}
        return {row["id"] for row in ask(as_user("gwen"), "/rows", **params)[1]["rows"]}

    rae, tom = stays(served.people["rae"]), stays(served.people["tom"])
    assert rae
    assert not rae & tom


def test_groups_of_people_one_may_not_see_are_cut_by_one_dimension_at_a_time(served: Served, as_user: AsUser) -> None:
    status, body = ask(as_user("eve"), "/figures", metric="dials", by=["segment", "role"])
    assert status == 400
    assert "one dimension" in body["error"]["reason"]


# what cannot be answered -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"metric": "dails"}, "nearest: dials"),
        ({"metric": "dials", "period": "2026-Q9"}, "2026-Q9"),
        ({"metric": "dials", "period": "2026", "from": "2026-01-01"}, "not both"),
        ({"metric": "dials", "from": "2026-05-01", "to": "2026-01-01"}, "lies after"),
        ({"metric": "dials", "from": "1970-01-01", "to": "2100-01-01", "grain": "day"}, "periods"),
        ({"metric": "dials", "from": "0001-01-01"}, "no day"),
        ({"metric": "dials", "grain": "fortnight"}, "grain"),
        ({"metric": "dials", "by": "colour"}, "dimension"),
        ({}, "metric"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_reason_and_what_mends_it(
    params: dict[str, str], told: str, served: Served, as_user: AsUser
) -> None:
    status, body = ask(as_user("maya"), "/figures", **params)
    assert status == 400
    assert told in f"{body['error']['reason']} {body['error']['mend']}"


def test_an_address_the_api_does_not_have_is_refused_in_its_own_form(served: Served, as_user: AsUser) -> None:
    for address in ("", "/", "/nothing", "/scorecards/", "/scorecards/a/b"):
        status, body = ask(as_user("maya"), address)
        assert status == 404
        assert set(body["error"]) == {"reason", "mend"}


# its description ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def schema(untouched_firm: Served) -> Any:
    """The description, as schemathesis reads it from the running application."""
    import schemathesis
    from django.core.handlers.wsgi import WSGIHandler

    untouched_firm.point()
    application = WSGIHandler()
    return schemathesis.openapi.from_wsgi(f"{BASE}/openapi.json", application)


OPERATIONS = ("me", "metrics", "metric", "people", "teams", "figures", "scorecard", "ladder", "rows")


def test_the_description_lists_every_operation(schema: Any) -> None:
    found = {result.ok().definition.raw["operationId"] for result in schema.get_all_operations()}
    assert found == set(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("username", ["maya", "eve"])
def test_generated_requests_are_answered_as_described_and_nothing_breaks(
    operation: str, username: str, schema: Any, served: Served, counted: Callable[[str, int], None]
) -> None:
    from hypothesis import HealthCheck, given, settings
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    checks = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
    headers = {"Authorization": f"Bearer {token_of(username)}"}
    known = {"metric": "dials", "person_id": served.people["rae"], "name": "dials", "period": "2026-Q3"}
    if operation == "rows":
        known["scope"] = f"person:{served.people['rae']}"
    number = succeeded = 0

    def run(case: Any) -> None:
        nonlocal number, succeeded
        number += 1
        if number % 2:  # half of the requests name things that exist, or the generator would never get past them
            _name_what_exists(case, known)
        succeeded += case.call_and_validate(checks=checks, headers=headers).status_code == 200

    strategy = schema.find_operation_by_id(operation).as_strategy()
    quiet = settings(max_examples=25, suppress_health_check=list(HealthCheck), database=None)
    quiet(given(case=strategy)(run))()
    assert succeeded or username == "eve", "no generated request got an answer"
    counted("api requests generated from its description", number)


def _name_what_exists(case: Any, known: dict[str, str]) -> None:
    for place in (case.query, case.path_parameters):
        for name in set(place or ()) & set(known):
            place[name] = known[name]
        for name in {"from", "to", "as_of"} & set(place or ()):
            del place[name]


def test_a_program_that_runs_wild_is_slowed_down_and_nobody_else(
    served: Served, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from courtside.api import urls

    pace = urls.api.throttle
    seconds = iter(range(1_000))
    monkeypatch.setattr(pace, "most", 3)
    monkeypatch.setattr(pace, "_asked", {})
    monkeypatch.setattr(pace, "clock", lambda: float(next(seconds)))
    wild = [as_user("rae").get(f"{BASE}/me") for _ in range(4)]
    assert [answer.status_code for answer in wild] == [200, 200, 200, 429]
    assert wild[-1]["Retry-After"] == "60"
    assert wild[-1].json()["error"]["mend"].startswith("wait a minute")
    assert as_user("tom").get(f"{BASE}/me").status_code == 200
    for _ in range(60):
        next(seconds)
    assert as_user("rae").get(f"{BASE}/me").status_code == 200
