"""Answering an access request: everything there is about one person, in a ZIP for them, with other people masked."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from courtside.services import access_request_parts as parts
from courtside.services.access_request_mask import Mask
from courtside.services.hr_console_scope import require_handling
from courtside.services.viewing import NotFound, Visit

_README = """What {firm} keeps about you

about.json: when this was made, and the SHA-256 of every file in it.
records/: the rows imported about you, table by table.
figures.json: your figures, month by month; definitions.json: how each is counted.
account.json: your sign-in.
judged.json: evidence of review years, and figures that rules looked at.
proposals.json, plans.json, documents/: what was proposed and decided about you, as far as it was handed to you.
told.json: what you were told, and disputes about your rows.
looks.json: who looked at your record, by what they are here. Their names stand on your page "Who saw my record".

Other people are masked: each is a number, the same one in every file of this ZIP. Documents are as you were given them.
What is still being prepared, and handed to nobody, is in no such answer, whether there is any of that kind or not.
Wrong figures: dispute the row behind them on your own page. How long records are kept, and erasing them: ask HR.
"""


def answer_access_request(visit: Visit, person_id: str) -> bytes:
    """The ZIP, for the person themself, or for an HR partner who looks after them. It is written into the log.

    Raises NotFound for anybody else, and for those who look through others' eyes.
    """
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    if visit.viewer.is_read_only or person_id not in visit.hierarchy.names:
        raise NotFound
    if visit.viewer.person_id != person_id:
        require_handling(visit, person_id)
    files = dict(_files(visit, person_id))
    audit.write(audit.Act(visit.caller.clock(), visit.caller.who, "export_person", {"person": person_id}))
    return _packed(visit, files)


def _files(visit: Visit, person_id: str) -> Iterator[tuple[str, bytes]]:
    """Name -> content of every file; other people are masked in all that is JSON."""
    own, mask = parts.as_they_see(visit, person_id), _mask(visit, person_id)

    def said(value: Any) -> bytes:
        return json.dumps(mask.of(_plain(value)), ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8")

    for table, rows in parts.records_of(visit, person_id).items():
        yield f"records/{table}.json", said(rows)
    figures, plans = parts.figures_of(visit, person_id), parts.plans_of(own, person_id)
    yield "figures.json", said(figures)
    yield "definitions.json", said(parts.definitions_of(visit, sorted(figures)))
    yield "account.json", said(parts.account_of(person_id))
    yield "judged.json", said(parts.judged(person_id))
    yield "proposals.json", said(parts.proposals_of(own, person_id))
    yield "plans.json", said(plans)
    yield "told.json", said(parts.told(own, person_id))
    yield "looks.json", said(parts.looks_at(own, person_id))
    for document, pdf in parts.documents_of(own, [one["id"] for one in plans], person_id):
        yield f"documents/{document.id}-{document.template}.pdf", pdf


def _packed(visit: Visit, files: dict[str, bytes]) -> bytes:
    at, firm = visit.caller.clock(), visit.standing.workspace.settings.name
    hashes = {name: sha256(content).hexdigest() for name, content in files.items()}
    about = {"made_at": at.isoformat(), "organisation": firm, "format": 1, "files": hashes}
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("README.txt", _README.format(firm=firm))
        pack.writestr("about.json", json.dumps(about, indent=1, ensure_ascii=False))
        for name, content in files.items():
            pack.writestr(name, content)
    return kept.getvalue()


def _mask(visit: Visit, person_id: str) -> Mask:
    """What gives other people away: their ids, user names, names and addresses, and the names of customers' people."""
    from courtside.store import accounts, ledger  # noqa: PLC0415
    from courtside.warehouse.batches import known  # noqa: PLC0415
    from courtside.warehouse.rows_about import people_named  # noqa: PLC0415

    named = people_named(known(ledger.batches(), None), visit.standing.workspace.root)
    users, names = accounts.accounts(), visit.hierarchy.names
    own = [one for one in users if one.person_id == person_id]
    alone = {one: one for one in names} | {one.username: one.person_id or one.username for one in users}
    within = {text: text for texts in named.values() for text in texts}
    within |= {name: one for one, name in names.items()}
    within |= {text: one.person_id or one.username for one in users for text in (one.name, one.email) if text}
    mine = {person_id, names.get(person_id, ""), *(t for one in own for t in (one.username, one.name, one.email))}
    return Mask(alone, within, mine)


def _plain(value: Any) -> Any:
    """A value of plain JSON: instants and days as ISO text, numbers of money as text, members of lists in order."""
    return json.loads(json.dumps(value, default=_written))


def _written(value: Any) -> Any:
    if isinstance(value, set | frozenset):
        return sorted(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
