"""The file of a person: what is in it for whom, taken out as one ZIP in which every changed byte is found."""

from __future__ import annotations

import io
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cases.signing_desk import Desk, desk, fresh, issued_plan, start_document
from tests.serving import CAST, Served

from courtside.workflow.content import Kind

GATES = ("zip_flips", "zip_parts", "file_identities", "foreign_tokens")
FLIPS = 100
Counted = Callable[[str, int], None]


def _settled(served: Served) -> Desk:
    """Rae's plan with a sealed document, a comment and a statement, and a canary: a plan about Tom."""
    at = desk(served)
    assert fresh(served, "rae").post(at.at("open")).status_code == 302
    said = fresh(served, "rae").post(at.at("statement"), {"text": "I was on leave in two of the eight weeks."})
    assert said.status_code == 302, said.content.decode()[-2000:]
    for who in ("rae", "maya", "hana"):
        assert at.sign(who).status_code == 302
    return at


def test_every_part_is_in_the_zip_and_every_flipped_byte_is_found(
    own_copy: Served, tmp_path: Path, counted: Counted
) -> None:
    from courtside.services.document_verifier import faults
    from courtside.services.verify_document import verify_document

    at = _settled(own_copy)
    hana = own_copy.client("hana")
    content = hana.post(f"/file/{own_copy.people['rae']}/take/").content
    assert list(faults(content)) == []
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    wanted = ("manifest.json", "index.pdf", "timeline.csv", "verify_file.py", "log/entries.jsonl", "log/anchors.txt",
              "log/verify_log.py", f"cases/{at.document.plan_id}/plan.json")  # fmt: skip
    assert set(wanted) <= set(parts)
    sealed = [name for name in parts if name.endswith("-sealed.pdf")]
    assert len(sealed) == 1
    assert verify_document(own_copy.workspace, parts[sealed[0]]).valid
    assert verify_document(own_copy.workspace, parts["index.pdf"]).valid
    counted("zip_parts", len(parts))
    path, program = tmp_path / "file.zip", tmp_path / "verify_file.py"
    path.write_bytes(content)
    program.write_bytes(parts["verify_file.py"])
    alone = subprocess.run([sys.executable, "-I", str(program), str(path)], capture_output=True, text=True, check=False)
    assert (alone.returncode, alone.stdout.strip()) == (0, "every part is as it was taken out"), alone
    draw = random.Random(6)
    missed = [n for n in (draw.randrange(len(content)) for _ in range(FLIPS)) if not list(faults(_flipped(content, n)))]
    assert missed == []
    counted("zip_flips", FLIPS)
    blind = [n for n in range(FLIPS) if not _faults_by_manifest_alone(_flipped(content, _header(content, n)))]
    assert blind, "a check that looks at parts alone has to miss a byte beside them"


def _flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def _header(content: bytes, number: int) -> int:
    """A byte in the list at the ZIP's end that no part depends on: the time of day of its first entries."""
    start = content.rindex(b"PK\x05\x06")
    first = int.from_bytes(content[start + 16 : start + 20], "little")
    return first + 12 + number % 4


def _faults_by_manifest_alone(content: bytes) -> list[str]:
    """The broken twin: a check of the parts that does not ask for the ZIP's one form."""
    from courtside.services.document_verifier import part_faults

    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return list(part_faults({name: file.read(name) for name in file.namelist()}))


def test_a_part_that_is_swapped_is_found_with_its_name_even_where_checksums_were_made_anew(own_copy: Served) -> None:
    from courtside.services.document_verifier import faults, manifest_of, packed
    from courtside.services.verify_document import verify_document

    _settled(own_copy)
    content = own_copy.client("hana").post(f"/file/{own_copy.people['rae']}/take/").content
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    swapped = parts | {"timeline.csv": parts["timeline.csv"] + b"2026,x,y,z,\n"}
    assert any("timeline.csv" in one for one in faults(packed(swapped)))
    rest = {name: held for name, held in swapped.items() if name not in ("manifest.json", "index.pdf")}
    forged = swapped | {"manifest.json": manifest_of(rest)}
    assert "the sealed index is not of this manifest" in list(faults(packed(forged)))
    pdf = parts["index.pdf"].replace(parts["manifest.json"][:40], forged["manifest.json"][:40])
    assert pdf == parts["index.pdf"] or not verify_document(own_copy.workspace, pdf).valid


def test_the_file_is_for_hr_and_the_person_and_nobody_else_can_tell_it_is_there(
    own_copy: Served, counted: Counted
) -> None:
    from courtside.store import audit

    _settled(own_copy)
    rae = own_copy.people["rae"]
    missing = own_copy.client("otto").get("/file/nobody/")
    seen = 0
    for who in CAST:
        client = own_copy.client(who)
        pages = [client.get(f"/file/{rae}/"), client.post(f"/file/{rae}/take/")]
        for page in pages:
            assert page.status_code == (200 if who in ("rae", "hana") else 404), (who, page.status_code)
            if page.status_code == 404 and who == "otto":
                assert _plain(page, f"/file/{rae}/") == _plain(missing, "/file/nobody/")
            seen += 1
        assert "no-store" in pages[0]["Cache-Control"]
    counted("file_identities", seen)
    looks = [one for one in audit.acts("see_file") if one.detail.get("person") == rae]
    assert {one.who for one in looks} == {"hana"}
    assert {one.who for one in audit.acts("take_file")} == {"hana", "rae"}


def _plain(page: Any, path: str) -> str:
    """A page without its form's token and its own address."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page.content.decode())
    return text.replace(f"{path}take/", "").replace(path, "")


def test_ones_own_file_holds_no_third_party_and_nothing_of_another_case(
    own_copy: Served, tmp_path: Path, counted: Counted
) -> None:
    _settled(own_copy)
    other = start_document(issued_plan(own_copy, Kind.IMPROVEMENT, "tom"))
    fresh(own_copy, "tom").post(f"/documents/{other.id}/open/")
    canary = "A canary sings at noon in Weidenbach"
    assert fresh(own_copy, "tom").post(f"/documents/{other.id}/statement/", {"text": canary}).status_code == 302
    content = own_copy.client("rae").post(f"/file/{own_copy.people['rae']}/take/").content
    name = own_copy.hierarchy.name(own_copy.people["tom"])
    foreign = (canary, "Tom Tanner", name, other.id, other.plan_id, other.data_sha256)
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    looked = 0
    for name, held in parts.items():
        text = _text_of(tmp_path, name, held)
        assert not [one for one in foreign if one in text], name
        looked += len(foreign)
    counted("foreign_tokens", looked)
    listed = parts["timeline.csv"].decode() + parts["log/entries.jsonl"].decode()
    for name in ("Maya Moss", "Hana Hale", '"hana"', '"maya"'):
        assert name not in listed
    assert "I was on leave in two of the eight weeks." in listed


def _text_of(folder: Path, name: str, held: bytes) -> str:
    if not name.endswith(".pdf"):
        return held.decode("utf-8", "replace")
    path = folder / "looked-at.pdf"
    path.write_bytes(held)
    return subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout


def test_the_file_is_taken_on_the_host_with_the_users_own_token(own_copy: Served, tmp_path: Path) -> None:
    from datetime import timedelta

    from click.testing import CliRunner

    from courtside.cli.main import main
    from courtside.services.document_verifier import faults
    from courtside.store import accounts

    _settled(own_copy)
    user = next(one for one in accounts.accounts() if one.username == "hana")
    _, token = accounts.make_token(user.user_id, "host", own_copy.clock.now(), own_copy.clock.now() + timedelta(days=9))
    out, rae = tmp_path / "rae.zip", own_copy.people["rae"]
    asked = ["--workspace", str(own_copy.root), "file", rae, "--out", str(out), "--as"]
    refused = CliRunner().invoke(main, [*asked, "maya"], env={"COURTSIDE_TOKEN": token})
    assert refused.exit_code != 0
    assert not out.exists()
    done = CliRunner().invoke(main, [*asked, "hana"], env={"COURTSIDE_TOKEN": token})
    assert done.exit_code == 0, done.output
    assert list(faults(out.read_bytes())) == []
    assert out.stat().st_mode & 0o077 == 0
