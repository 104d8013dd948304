"""What columns are called that hold a field: phrases of the vocabulary, table by table."""

from __future__ import annotations

from collections.abc import Mapping

ENTITIES: Mapping[str, tuple[str, ...]] = {
    "people": ("user", "owner", "person"),
    "accounts": ("account",),
    "contacts": ("contact",),
    "leads": ("lead",),
    "activities": ("activity", "task", "event", "call", "meeting", "interview"),
    "job_orders": ("job",),
    "opportunities": ("opportunity",),
    "transactions": ("invoice", "order", "transaction", "payment"),
    "surveys": ("survey",),
}
"""What a row of the table is called."""

_OWNER = (
    "owner id; {e} owner id; owner; {e} owner; owner name; {e} owner name; user id; user; person id; person; owner by"
)
_CREATED = "created date; created; {e} created date; {e} created"
_REFERENCES = {
    "account_id": "account id; account; account name",
    "contact_id": "contact id; contact; contact name",
    "opportunity_id": "opportunity id; opportunity; opportunity name",
    "lead_id": "lead id; lead",
}
PHRASES: Mapping[str, Mapping[str, str]] = {
    "people": {
        "person_id": "{e} id; id; record id; {e} user id",
        "name": "name; full name; {e} name; last name; {e} full name",
        "email": "email; {e} email",
        "role": "role; job title; title; user role",
        "hired_on": "hire date; hire; {e} hire date",
        "left_on": "termination date; termination; end date; user termination date",
    },
    "assignments": {
        "person_id": "user id; owner id; person id; owner; user",
        "valid_from": "start date; start; valid start; valid start date",
        "valid_to": "end date; end; valid end; valid end date",
        "manager_id": "manager; manager id; manager name",
        "team": "team; team id; team name",
        "segment": "segment",
        "region": "region; region id; region name",
    },
    "absences": {
        "person_id": "user id; owner id; person id; owner; user",
        "starts_on": "leave start date; leave start; start date",
        "ends_on": "leave end date; leave end; end date",
        "kind": "leave type; leave reason",
    },
    "accounts": {
        "account_id": "account id; id; record id",
        "name": "account name; name; account",
        "industry": "industry; account industry",
        "employees": "headcount user; headcount; headcount users; user",
        "annual_revenue": "annual revenue; revenue; account annual revenue",
        "parent_id": "parent id; parent account; parent account id; parent",
        "owner_id": _OWNER,
    },
    "contacts": {
        "contact_id": "contact id; id; record id",
        "name": "name; full name; contact name; last name",
        "account_id": _REFERENCES["account_id"],
        "title": "title; job title",
    },
    "leads": {
        "lead_id": "lead id; id; record id",
        "person_id": _OWNER,
        "created_at": f"{_CREATED}; first contact date; lead date",
        "source": "source; lead source",
        "campaign": "campaign; campaign name; campaign id",
        "account_id": "account id; converted account id",
        "contact_id": "contact id; converted contact id",
        "opportunity_id": "opportunity id; converted opportunity id",
        "employees": "headcount user; headcount users; headcount",
        "qualified_at": "qualified date; converted date",
    },
    "activities": {
        "activity_id": "{e} id; id; record id",
        "person_id": _OWNER,
        "at": "start date; date; {e} date; {e} start date; start; due date; {e} date date",
        "kind": "type; {e} type",
        "status": "status; {e} status",
        "created_at": _CREATED,
        "direction": "direction; call direction; call type",
        **_REFERENCES,
        "duration_s": "duration seconds; call duration seconds; {e} duration seconds",
        "outcome": "outcome; {e} outcome",
    },
    "job_orders": {
        "job_order_id": "job id; id; record id; job order id",
        "person_id": _OWNER,
        "opened_at": _CREATED,
        "status": "status; job status",
        "title": "title; name; job name; job title",
        "account_id": _REFERENCES["account_id"],
        "contact_id": _REFERENCES["contact_id"],
        "closed_at": "close date; close",
        "openings": "headcount job; headcount",
    },
    "opportunities": {
        "opportunity_id": "opportunity id; id; record id",
        "person_id": _OWNER,
        "status": "status; opportunity status",
        "stage": "stage; stage name; opportunity stage; opportunity stage name",
        "amount": "amount; opportunity amount; opportunity value; close value; opportunity amount value",
        "opened_at": _CREATED,
        "closed_at": "close date; close; opportunity close date; won date",
        "expected_close_on": "expected close date; expected close",
        "account_id": _REFERENCES["account_id"],
        "contact_id": _REFERENCES["contact_id"],
        "lead_id": _REFERENCES["lead_id"],
        "source": "source; lead source; opportunity source",
        "product": "product; product name",
        "lost_reason": "lost reason; close lost reason",
        "list_price": "list price",
        "currency": "currency",
    },
    "stage_changes": {
        "opportunity_id": "opportunity id; opportunity",
        "stage": "stage; stage name; new stage; new stage id; stage id; opportunity stage",
        "at": "changed date; entered date; stage date; created date; updated date; date; stage changed date",
        "person_id": "owner; changed by; owner id; user id",
    },
    "transactions": {
        "transaction_id": "{e} id; id; record id",
        "at": "{e} date; date; created date; {e} created date; created",
        "amount": "grand total; total amount; amount; {e} amount; total; {e} total; total due; sub total",
        "account_id": _REFERENCES["account_id"],
        "opportunity_id": "opportunity id",
        "person_id": _OWNER,
        "currency": "currency",
    },
    "surveys": {
        "survey_id": "survey id; id; record id",
        "at": "date; survey date; created date; created",
        "score": "score; survey score",
        "account_id": "account id",
        "person_id": _OWNER,
    },
    "spend": {
        "source": "source; campaign type; type",
        "campaign": "campaign name; campaign",
        "month": "month; start date; date",
        "amount": "cost; actual cost; campaign cost; amount cost",
    },
}
"""Table -> field -> phrases; the first ones are the surest. `{e}` stands for what a row is called."""


def _phrases(table: str, written: str) -> tuple[tuple[str, ...], ...]:
    found = []
    for phrase in written.split(";"):
        if "{e}" in phrase:
            found += [tuple(phrase.replace("{e}", entity).split()) for entity in ENTITIES.get(table, ())]
        else:
            found.append(tuple(phrase.split()))
    return tuple(dict.fromkeys(found))


FIELDS: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]] = {
    table: {field: _phrases(table, written) for field, written in fields.items()} for table, fields in PHRASES.items()
}
"""Table -> field -> the phrases, word by word."""
