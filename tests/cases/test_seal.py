"""A sealed document begins with the pages that were signed, says who did what, and verifies here and by poppler."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.cases.sealed_papers import AT, ORGANISATION, evidence_of, frozen_sample, keys_in, one_act, printed_sample

from courtside.documents.faults import DocumentError
from courtside.documents.keys import FILE, kept_keys, sealing_keys
from courtside.documents.render import render
from courtside.documents.samples import KINDS
from courtside.documents.seal import seal
from courtside.documents.template import templates
from courtside.documents.verify import verify

GATES = ("sealed documents verified by pyHanko and pdfsig", "files of keys refused")


def by_poppler(file: Path) -> str:
    """What poppler's pdfsig says of the signatures of a file."""
    return subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False).stdout


def by_pyhanko(pdf: bytes, certificate: bytes) -> Any:
    """What pyHanko says of the seal, asked directly."""
    from io import BytesIO

    from asn1crypto import pem
    from asn1crypto.x509 import Certificate
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    roots = [Certificate.load(pem.unarmor(certificate)[2])]
    context = ValidationContext(trust_roots=roots, moment=AT, allow_fetching=False)
    return validate_pdf_signature(PdfFileReader(BytesIO(pdf)).embedded_signatures[0], context)


def test_every_template_is_sealed_and_verified_by_two_libraries(
    tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    keys = keys_in(tmp_path)
    kinds = dict(zip(sorted(templates()), KINDS * 2, strict=False))
    for name, kind in (*kinds.items(), ("improvement_plan", "longest"), ("rep_statement", "rtl")):
        frozen, content = printed_sample(name, kind)
        sealed = seal(content, evidence_of(frozen, content), keys, AT)
        assert sealed.pdf.startswith(content)
        assert sealed.sha256 == sha256(sealed.pdf).hexdigest()
        file = tmp_path / "sealed.pdf"
        file.write_bytes(sealed.pdf)
        assert verify(sealed.pdf, None, [keys.fingerprint]).valid
        status = by_pyhanko(sealed.pdf, keys.certificate)
        assert status.bottom_line
        told = by_poppler(file)
        assert "Signature is Valid." in told
        assert "Total document signed" in told
        assert "ETSI.CAdES.detached" in told
        assert told.count("Signature #") == 1
        counted("sealed documents verified by pyHanko and pdfsig", 1)


def test_the_pages_behind_say_who_did_what_when_and_how(tmp_path: Path) -> None:
    frozen, content = printed_sample()
    hostile = 'The target was set before my leave.\n#read("/etc/passwd")\n\u202eevil'
    acts = (
        one_act(frozen, "rep", "opened"),
        one_act(frozen, "rep", "signed_with_comment", "Rae Rivers", hostile),
        one_act(frozen, "manager", "declined", "Maya Moss", "I was not asked."),
        one_act(frozen, "witness", "witnessed", "Ana First"),
        one_act(frozen, "witness", "witnessed", "Bo Second"),
    )
    keys = keys_in(tmp_path)
    file = tmp_path / "sealed.pdf"
    file.write_bytes(seal(content, evidence_of(frozen, content, acts), keys, AT).pdf)
    told = " ".join(
        subprocess.run(["pdftotext", "-raw", file, "-"], capture_output=True, text=True, check=True).stdout.split()
    )
    for wanted in (
        "Rae Rivers (person) signed it with a comment", "account rep.account", "The target was set before my leave.",
        "#read(\"/etc/passwd\")", "‹U+202E›evil", "Maya Moss (manager) declined to sign it", "I was not asked.",
        "Ana First (witness) attested that it was handed over", "2 November 2026, 09:00:00 UTC (10:00:00 Europe/Paris)",
        "“I acknowledge receipt of this document; this does not mean that I agree with it.” (version 1)",
        "password and one-time code, 42 seconds before", "192.0.2.7", "Log entry 12", "ab" * 32, "cd" * 32,
        frozen.sha256, sha256(content).hexdigest(), keys.fingerprint, "Signatures, page 1 of",
    ):  # fmt: skip
        assert wanted in told, wanted
    tagged = subprocess.run(["pdfinfo", "-struct-text", file], capture_output=True, text=True, check=True).stdout
    assert "How this document was signed" in tagged
    assert "more than one children" not in tagged


def test_the_frozen_data_travels_in_the_file_and_its_hash_can_be_computed_again(tmp_path: Path) -> None:
    frozen, content = printed_sample()
    file = tmp_path / "sealed.pdf"
    file.write_bytes(seal(content, evidence_of(frozen, content), keys_in(tmp_path), AT).pdf)
    subprocess.run(["pdfdetach", "-saveall", "-o", str(tmp_path), str(file)], check=True, capture_output=True)
    data = (tmp_path / "document.json").read_bytes()
    assert sha256(data).hexdigest() == frozen.sha256
    evidence = json.loads((tmp_path / "evidence.json").read_bytes())
    assert sha256(file.read_bytes()[: evidence["content_length"]]).hexdigest() == evidence["content_sha256"]
    assert [act["act"] for act in evidence["acts"]] == ["signed"] * 3


def test_pages_or_data_other_than_those_that_were_signed_are_not_sealed(tmp_path: Path) -> None:
    frozen, content = printed_sample()
    evidence, keys = evidence_of(frozen, content), keys_in(tmp_path)
    with pytest.raises(DocumentError, match="not the pages that were signed"):
        seal(content + b"\n", evidence, keys, AT)
    with pytest.raises(DocumentError, match="not the data that was frozen"):
        seal(content, replace(evidence, document_text=frozen.text.replace("Bo Li", "Bo Lu")), keys, AT)


def test_a_timestamp_is_asked_for_where_an_authority_is_configured(tmp_path: Path) -> None:
    from asn1crypto import keys as forms
    from asn1crypto import pem, tsp
    from asn1crypto.x509 import Certificate
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from pyhanko.sign.timestamps import DummyTimeStamper

    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Time of day")])
    usage = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(AT).not_valid_after(AT.replace(year=2030))
        .add_extension(usage, critical=True)
        .sign(key, SHA256())
    )  # fmt: skip
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    authority = DummyTimeStamper(
        Certificate.load(made.public_bytes(Encoding.DER)), forms.PrivateKeyInfo.load(private), fixed_dt=AT
    )
    asked: list[bytes] = []

    def ask(request: bytes) -> bytes:
        asked.append(request)
        return bytes(authority.request_tsa_response(tsp.TimeStampReq.load(request)).dump())

    frozen, content = printed_sample()
    keys = keys_in(tmp_path)
    sealed = seal(content, replace(evidence_of(frozen, content), stamped_by="stamp.firm.example"), keys, AT, ask)
    assert asked
    verdict = verify(sealed.pdf, None, [keys.fingerprint])
    assert verdict.valid, verdict.findings
    assert any("the time-stamp of 2026-11-02T09:00:00+00:00 fits it" in one.what for one in verdict.findings)
    assert pem.detect(keys.certificate)


def test_keys_are_made_once_privately_and_two_at_once_agree(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    with ThreadPoolExecutor(4) as many:
        found = set(many.map(lambda _: sealing_keys(folder, ORGANISATION, AT), range(4)))
    assert len(found) == 1
    assert os.stat(folder).st_mode & 0o777 == 0o700
    assert os.stat(folder / FILE).st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir()] == [FILE]
    assert kept_keys(folder) == found.pop()


@pytest.mark.parametrize(("what", "mode"), [(FILE, 0o640), (FILE, 0o604), (FILE, 0o644), ("", 0o755), ("", 0o711)])
def test_a_key_that_others_can_read_is_refused(
    what: str, mode: int, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    keys_in(tmp_path)
    os.chmod(tmp_path / "keys" / what, mode)
    with pytest.raises(DocumentError, match=r"others can read the sealing key .*run: chmod"):
        keys_in(tmp_path)
    counted("files of keys refused", 1)


@pytest.mark.parametrize("broken", [b"", b"nonsense", b"a\n\nb\n\nc\n"])
def test_a_broken_key_is_refused_and_not_made_anew(
    broken: bytes, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    keys_in(tmp_path)
    (tmp_path / "keys" / FILE).write_bytes(broken)
    with pytest.raises(DocumentError, match="sealing key"):
        keys_in(tmp_path)
    assert (tmp_path / "keys" / FILE).read_bytes() == broken
    counted("files of keys refused", 1)


def test_the_command_verifies_a_file_offline_and_says_what_is_wrong(tmp_path: Path) -> None:
    from courtside.cli.main import main

    frozen, content = printed_sample()
    keys = keys_in(tmp_path)
    file = tmp_path / "sealed.pdf"
    pdf = seal(content, evidence_of(frozen, content), keys, AT).pdf
    file.write_bytes(pdf)
    run = CliRunner()
    alone = {"COURTSIDE_WORKSPACE": ""}
    told = run.invoke(main, ["documents", "verify", str(file), "--fingerprint", keys.fingerprint], env=alone)
    assert told.exit_code == 0, told.output
    assert "the seal covers the whole file" in told.output
    unknown = run.invoke(main, ["documents", "verify", str(file)], env=alone)
    assert unknown.exit_code == 1
    assert "whose seal it is cannot be told" in unknown.output
    other = run.invoke(main, ["documents", "verify", str(file), "--fingerprint", "0" * 64], env=alone)
    assert other.exit_code == 1
    assert "another authority than you trust" in other.output
    file.write_bytes(pdf + b"%")
    added = run.invoke(main, ["documents", "verify", str(file), "--fingerprint", keys.fingerprint], env=alone)
    assert added.exit_code == 1
    assert "was added" in added.output


def test_the_command_previews_every_template(tmp_path: Path) -> None:
    from courtside.cli.main import main

    run = CliRunner()
    out = tmp_path / "preview.pdf"
    for name in templates():
        told = run.invoke(main, ["documents", "preview", name, "--out", str(out)], env={"COURTSIDE_WORKSPACE": ""})
        assert told.exit_code == 0, told.output
        assert (
            "Sample: not in force"
            in subprocess.run(["pdftotext", out, "-"], capture_output=True, text=True, check=True).stdout
        )
    wrong = run.invoke(
        main, ["documents", "preview", "coching_plan", "--out", str(out)], env={"COURTSIDE_WORKSPACE": ""}
    )
    assert wrong.exit_code == 1
    assert "nearest: coaching_plan" in wrong.output


def test_an_unsealed_document_is_not_valid() -> None:
    assert not verify(render(frozen_sample())).valid
    assert not verify(b"").valid
    assert not verify(b"%PDF-1.7\nhello").valid
    assert re.fullmatch("[0-9a-f]{64}", verify(b"").sha256)
