"""What somebody takes out about themself says no more of a plan than its page: no drafts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta

from tests.cases import planned
from tests.cases.planned import at, improvement, now, session, visit
from tests.serving import Served

GATES = ("copies searched for what was not decided yet",)
SENT_BACK, PREPARED = "Kestrel: this one was sent back.", "Plover: this one is put before a second person."
RETURNED = "Dunlin: write the figures out once more."


def _copies(plan_id: str, person: str) -> tuple[str, str]:
    """The plan as the person's file has it, and as the answer to their access request has it."""
    from courtside.records.canonical import canonical
    from courtside.services.access_request_parts import plans_of
    from courtside.services.person_file import take_file

    with zipfile.ZipFile(io.BytesIO(take_file(visit("rae"), person))) as found:
        file = found.read(f"cases/{plan_id}/plan.json").decode()
    return file, canonical(plans_of(visit("rae"), person)).decode()


def test_ones_own_copies_hold_a_determination_only_once_it_is_decided(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    from courtside.services.approve_plan import return_plan
    from courtside.services.determine_plan import determine_plan
    from courtside.services.prepare_determination import Prepared, prepare_determination
    from courtside.workflow.events import Outcome

    at(date(2026, 9, 14))
    plan = planned.active(improvement(own_copy))
    at(plan.last_on + timedelta(days=3))
    prepare_determination(visit("maya"), plan.id, Prepared(Outcome.RELEASED, SENT_BACK))
    return_plan(visit("hana"), plan.id, RETURNED)
    prepare_determination(visit("maya"), plan.id, Prepared(Outcome.RELEASED, PREPARED))
    for copy in _copies(plan.id, own_copy.people["rae"]):
        assert plan.id in copy
        assert [word for word in (SENT_BACK, RETURNED, PREPARED, "determining") if word in copy] == []
        counted(GATES[0], 1)
    determine_plan(visit("hana"), plan.id, now(plan).asked_hash, session("hana"))
    for copy in _copies(plan.id, own_copy.people["rae"]):
        assert PREPARED in copy, "once it is decided, why is theirs to read"
        assert [word for word in (SENT_BACK, RETURNED) if word in copy] == []
        counted(GATES[0], 1)
