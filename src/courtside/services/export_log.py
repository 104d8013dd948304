"""Taking the log out of the workspace, with the program that checks it by itself."""

from __future__ import annotations

import json
from pathlib import Path

from courtside.services.anchor_log import anchor_log, files_of_anchors
from courtside.services.caller import Caller
from courtside.services.refused import Refused
from courtside.services.workspace import Workspace

VERIFIER = "verify_log.py"


def export_log(workspace: Workspace, caller: Caller, folder: Path) -> tuple[dict[str, int | str], ...]:
    """Write the log, its anchors and the verifier into a new folder; a row for each file.

    Raises Refused for a folder that holds something already. That it was done is an act of the log, the last in it.
    """
    from courtside.services.account_rules import bring_tables_up_to_date  # noqa: PLC0415  (Django loads now)
    from courtside.store import audit, audit_chain  # noqa: PLC0415

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} holds something already; name a folder that is new or empty")
    bring_tables_up_to_date()
    audit.write(audit.Act(caller.clock(), caller.who, "export_log", {}))
    anchor_log(workspace, caller)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log.jsonl").open("w", encoding="utf-8") as file:
        count = 0
        for entry in audit_chain.entries():
            file.write(json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n")
            count += 1
    anchors = files_of_anchors(workspace)[0].read_text(encoding="utf-8")
    (folder / "anchors.txt").write_text(anchors, encoding="utf-8")
    (folder / VERIFIER).write_bytes(audit_chain.verifier_source())
    return (
        {"file": "log.jsonl", "what": f"{count} entries, one a line"},
        {"file": "anchors.txt", "what": f"{len(anchors.splitlines())} anchors"},
        {"file": VERIFIER, "what": f"checks them: python3 {VERIFIER} log.jsonl anchors.txt"},
    )
