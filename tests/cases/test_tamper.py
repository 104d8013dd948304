"""Whatever is changed in a sealed file, in the rows behind it, or put in its place is found, and nothing crashes."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cases.sealed_papers import AT, evidence_of, keys_in, one_act, printed_sample

from courtside.documents.keys import Keys
from courtside.documents.seal import Sealed, seal
from courtside.documents.verify import verify
from courtside.records.canonical import canonical

if TYPE_CHECKING:
    from tests.serving import Served

    from courtside.store.documents import SignatureEntry

GATES = (
    "flipped bits found without the register",
    "flipped bits found with the register",
    "edits of a sealed file found",
    "flips a verifier that trusts the signature alone lets pass",
    "changed rows and files of the register found",
    "statements the database refused",
)
FLIPS = 500


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """A key to seal with."""
    return keys_in(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def sealed(keys: Keys) -> Sealed:
    """A sealed document."""
    frozen, content = printed_sample()
    return seal(content, evidence_of(frozen, content), keys, AT)


def gap_of(pdf: bytes) -> range:
    """The bytes a seal is written in, which no signature can cover."""
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+) \d+", pdf)
    assert found
    return range(int(found[1]), int(found[2]))


def flipped(pdf: bytes, number: int) -> Iterator[bytes]:
    """So many copies with one bit changed: half of them anywhere, half where the seal is written."""
    chance = random.Random(28)
    gap = gap_of(pdf)
    for at in range(number):
        copy = bytearray(pdf)
        copy[chance.randrange(len(pdf)) if at % 2 else chance.choice(gap)] ^= 1 << chance.randrange(8)
        yield bytes(copy)


def test_every_flipped_bit_is_found_by_the_file_alone(
    sealed: Sealed, keys: Keys, counted: Callable[[str, int], None]
) -> None:
    assert verify(sealed.pdf, None, [keys.fingerprint]).valid
    missed = [copy for copy in flipped(sealed.pdf, FLIPS) if verify(copy, None, [keys.fingerprint]).valid]
    assert missed == []
    counted("flipped bits found without the register", FLIPS)


def test_every_flipped_bit_is_found_by_the_register(sealed: Sealed, counted: Callable[[str, int], None]) -> None:
    assert verify(sealed.pdf, sealed.sha256).valid
    missed = [copy for copy in flipped(sealed.pdf, FLIPS) if verify(copy, sealed.sha256).valid]
    assert missed == []
    counted("flipped bits found with the register", FLIPS)


def signature_alone(pdf: bytes, certificate: bytes) -> bool:
    """The broken twin: it believes what the signature says, as most readers of PDFs do."""
    from asn1crypto import pem
    from asn1crypto.x509 import Certificate
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    roots = [Certificate.load(pem.unarmor(certificate)[2])]
    context = ValidationContext(trust_roots=roots, moment=AT, allow_fetching=False)
    try:
        found = PdfFileReader(BytesIO(pdf)).embedded_signatures[0]
        return bool(validate_pdf_signature(found, signer_validation_context=context).bottom_line)
    except Exception:  # noqa: BLE001  (a damaged file makes a parser raise anything)
        return False


def test_a_verifier_that_trusts_the_signature_alone_is_caught(
    sealed: Sealed, keys: Keys, counted: Callable[[str, int], None]
) -> None:
    gap = gap_of(sealed.pdf)
    passed = 0
    for at in range(gap.stop - 400, gap.stop - 1, 10):
        copy = bytearray(sealed.pdf)
        copy[at] = ord("1")
        passed += signature_alone(bytes(copy), keys.certificate)
        assert not verify(bytes(copy), None, [keys.fingerprint]).valid
        assert not verify(bytes(copy), sealed.sha256).valid
    assert passed > 0
    counted("flips a verifier that trusts the signature alone lets pass", passed)


def edits(pdf: bytes) -> Iterator[tuple[str, bytes]]:
    """Edits that keep a file readable: added to, cut, updated as editors do, or with its seal taken off."""
    for more in (b"\n", b"%", b"\n%%EOF\n", b"\0" * 1000, pdf):
        yield "added bytes", pdf + more
    for less in (1, 10, 1000, len(pdf) // 2):
        yield "cut off", pdf[:-less]
    yield "put before", b"\n" + pdf
    yield "updated info", _updated(pdf, lambda writer: writer.set_info(_dictionary(writer)))
    yield "updated page", _updated(pdf, _write_on_first_page)
    yield "one page less", _updated(pdf, _drop_last_page)
    yield "seal field taken off", _updated(pdf, lambda writer: _forget(writer, "/AcroForm"))
    yield "attachments taken off", _updated(pdf, lambda writer: _forget(writer, "/Names"))
    for before, after in (
        (b"/ByteRange [0 ", b"/ByteRange [1 "), (b"%PDF-1.7", b"%PDF-1.4"), (b"/Subtype /Widget", b"/Subtype /Link  "),
        (b"/SubFilter /ETSI.CAdES.detached", b"/SubFilter /adbe.pkcs7.detached"),
        (b"/TransformMethod /DocMDP", b"/TransformMethod /FieldM"),
    ):  # fmt: skip
        assert before in pdf, before
        yield f"{before!r} replaced", pdf.replace(before, after, 1)


def _updated(pdf: bytes, change: Callable[..., object]) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    change(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _dictionary(writer: object) -> object:
    from pyhanko.pdf_utils import generic

    made = generic.DictionaryObject({generic.pdf_name("/Title"): generic.pdf_string("Another")})  # type: ignore[no-untyped-call]
    return writer.add_object(made)  # type: ignore[attr-defined]


def _write_on_first_page(writer: object) -> None:
    from pyhanko.pdf_utils import generic

    stream = generic.StreamObject(stream_data=b"0 0 500 500 re f")  # type: ignore[no-untyped-call]
    writer.add_stream_to_page(0, writer.add_object(stream))  # type: ignore[attr-defined]


def _drop_last_page(writer: object) -> None:
    from pyhanko.pdf_utils import generic

    pages = writer.root["/Pages"]  # type: ignore[attr-defined]
    del pages["/Kids"][-1]
    pages[generic.pdf_name("/Count")] = generic.NumberObject(pages["/Count"] - 1)  # type: ignore[no-untyped-call]
    writer.update_container(pages)  # type: ignore[attr-defined]


def _forget(writer: object, name: str) -> None:
    del writer.root[name]  # type: ignore[attr-defined]
    writer.update_root()  # type: ignore[attr-defined]


def test_every_edit_of_a_sealed_file_is_found(sealed: Sealed, keys: Keys, counted: Callable[[str, int], None]) -> None:
    for what, copy in edits(sealed.pdf):
        assert copy != sealed.pdf, what
        assert not verify(copy, None, [keys.fingerprint]).valid, what
        assert not verify(copy, sealed.sha256, [keys.fingerprint]).valid, what
        counted("edits of a sealed file found", 1)


def test_a_seal_of_somebody_else_over_other_words_is_found(
    sealed: Sealed, keys: Keys, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    frozen, content = printed_sample()
    forged = seal(content, evidence_of(frozen, content, (one_act(frozen, "rep", "signed"),)), keys_in(tmp_path), AT)
    assert not verify(forged.pdf, None, [keys.fingerprint]).valid
    assert not verify(forged.pdf, sealed.sha256, [keys.fingerprint]).valid
    assert not verify(forged.pdf).valid
    counted("edits of a sealed file found", 3)


def test_acts_on_other_data_or_pages_are_found_even_under_the_true_seal(
    keys: Keys, counted: Callable[[str, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen, content = printed_sample()
    whole = evidence_of(frozen, content)
    stranger = replace(whole.acts[0], document_sha256="0" * 64)
    other = seal(content, replace(whole, acts=(stranger, *whole.acts[1:])), keys, AT)
    assert not verify(other.pdf, None, [keys.fingerprint]).valid
    monkeypatch.setattr("courtside.documents.seal.sha256_of", lambda _: whole.document_sha256)
    lied = seal(content, replace(whole, document_text="{}"), keys, AT)
    assert not verify(lied.pdf, None, [keys.fingerprint]).valid
    counted("edits of a sealed file found", 2)


def sealed_in(served: Served) -> tuple[str, bytes]:
    """A document signed by two parties, declined by a third before two witnesses, and sealed in a workspace."""
    from django.db import transaction

    from courtside.documents.keys import sealing_keys
    from courtside.services.verify_document import KEYS
    from courtside.store import documents

    frozen, content = printed_sample()
    number = frozen.record
    new = documents.NewDocument(
        number, "DDDDEEEEFFFF", served.people["rae"], frozen.template.name, 1, frozen.template.label, frozen.text,
        frozen.sha256, content, AT, "maya", ("rep", "manager", "hr"), needs_second=True,
    )  # fmt: skip
    with transaction.atomic():
        documents.add(new)
        assert documents.move(number, "draft", "approved", approved_by="hana")
        assert documents.move(number, "approved", "ready")
        for entry in acts_on(number, frozen.sha256):
            documents.sign(entry)
        told = evidence_of(frozen, content, documents.sealed_acts(number))
        made = seal(content, told, sealing_keys(served.root / KEYS, "Firm", AT), AT)
        assert documents.put_sealed(number, made.pdf, AT, "hana")
    return number, made.pdf


def acts_on(number: str, digest: str) -> tuple[SignatureEntry, ...]:
    """The acts of `sealed_in`, in order."""
    from courtside.store.documents import SignatureEntry

    signed = SignatureEntry(
        number, "rep", "rae", "p-rae", "signed_with_comment", "I acknowledge receipt.", 1, "Not my target.", digest,
        AT, "code", 5, "192.0.2.7", 3, "ab" * 32,
    )  # fmt: skip
    declined = replace(signed, party="manager", username="maya", act="declined", statement="")
    seen = replace(signed, party="witness", act="witnessed", attests="manager", statement="")
    return (
        signed, replace(signed, party="hr", username="hana", act="signed"), declined,
        replace(seen, username="ari"), replace(seen, username="eve"),
    )  # fmt: skip


def test_the_register_knows_its_own_files_and_finds_changed_rows(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    from django.db import connection

    from courtside.services.verify_document import verify_document

    _, pdf = sealed_in(own_copy)
    verdict = verify_document(own_copy.workspace, pdf)
    assert verdict.valid, verdict.findings
    assert not verify_document(own_copy.workspace, pdf + b"\n").valid
    with connection.cursor() as rows:
        rows.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in rows.fetchall():
            rows.execute(f"DROP TRIGGER {name}")
        for change, back in _CHANGES:
            rows.execute(change)
            assert rows.rowcount > 0, change
            assert not verify_document(own_copy.workspace, pdf).valid, change
            rows.execute(back)
            assert verify_document(own_copy.workspace, pdf).valid, back
            counted("changed rows and files of the register found", 1)


_CHANGES = (
    ("UPDATE store_document SET data = REPLACE(data, 'Bo Li', 'Bo Lu')",
     "UPDATE store_document SET data = REPLACE(data, 'Bo Lu', 'Bo Li')"),
    ("UPDATE store_document SET data_sha256 = 'x' || data_sha256",
     "UPDATE store_document SET data_sha256 = SUBSTR(data_sha256, 2)"),
    ("UPDATE store_document SET content_sha256 = 'x' || content_sha256",
     "UPDATE store_document SET content_sha256 = SUBSTR(content_sha256, 2)"),
    ("UPDATE store_document SET sealed_sha256 = 'x' || sealed_sha256",
     "UPDATE store_document SET sealed_sha256 = SUBSTR(sealed_sha256, 2)"),
    ("UPDATE store_signatureentry SET document_sha256 = 'x' || document_sha256 WHERE party = 'rep'",
     "UPDATE store_signatureentry SET document_sha256 = SUBSTR(document_sha256, 2) WHERE party = 'rep'"),
    ("UPDATE store_signatureentry SET comment = 'Fine.' WHERE party = 'rep'",
     "UPDATE store_signatureentry SET comment = 'Not my target.' WHERE party = 'rep'"),
    ("UPDATE store_signatureentry SET username = 'gwen' WHERE username = 'ari'",
     "UPDATE store_signatureentry SET username = 'ari' WHERE username = 'gwen'"),
    ("UPDATE store_signatureentry SET act = 'opened' WHERE act = 'declined'",
     "UPDATE store_signatureentry SET act = 'declined' WHERE act = 'opened'"),
    ("UPDATE store_signatureentry SET at = '2020-01-01 09:00:00' WHERE party = 'hr'",
     "UPDATE store_signatureentry SET at = '2026-11-02 09:00:00' WHERE party = 'hr'"),
    ("UPDATE store_documentfile SET content = CAST(X'20' || content AS BLOB) WHERE kind = 'content'",
     "UPDATE store_documentfile SET content = SUBSTR(content, 2) WHERE kind = 'content'"),
    ("UPDATE store_documentfile SET content = CAST(X'20' || content AS BLOB) WHERE kind = 'sealed'",
     "UPDATE store_documentfile SET content = SUBSTR(content, 2) WHERE kind = 'sealed'"),
    ("UPDATE store_documentfile SET sha256 = 'x' || sha256",
     "UPDATE store_documentfile SET sha256 = SUBSTR(sha256, 2)"),
    ("UPDATE store_documentfile SET kind = 'scan' WHERE kind = 'content'",
     "UPDATE store_documentfile SET kind = 'content' WHERE kind = 'scan'"),
)  # fmt: skip
"""Changes by somebody who has taken the triggers away, and how each is undone."""

_REFUSED = (
    "UPDATE store_document SET data = '{}'",
    "UPDATE store_document SET data_sha256 = ''",
    "UPDATE store_document SET state = 'ready'",
    "UPDATE store_document SET sealed_sha256 = ''",
    "UPDATE store_document SET parties = 'rep'",
    "UPDATE store_document SET wanted = 0",
    "UPDATE store_document SET needs_second = 0",
    "UPDATE store_document SET approved_by = 'maya'",
    "DELETE FROM store_document",
    "UPDATE store_documentfile SET content = X'00'",
    "UPDATE store_signatureentry SET act = 'signed'",
    "UPDATE store_signatureentry SET document_sha256 = ''",
    "UPDATE store_signatureentry SET at = '2020-01-01'",
    "DELETE FROM store_signatureentry",
)


def test_the_database_refuses_to_alter_what_was_signed(own_copy: Served, counted: Callable[[str, int], None]) -> None:
    from django.db import IntegrityError, connection, transaction

    sealed_in(own_copy)
    for statement in _REFUSED:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as rows:
            rows.execute(statement)
        counted("statements the database refused", 1)


def test_a_document_is_sealed_only_when_every_party_is_settled(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    from django.db import IntegrityError, transaction

    from courtside.store import documents

    frozen, content = printed_sample()
    new = documents.NewDocument(
        frozen.record, "DDDDEEEEFFFF", "p-rae", "improvement_plan", 1, "Improvement plan", frozen.text, frozen.sha256,
        content, AT, "maya", ("rep", "manager", "hr"), needs_second=True,
    )  # fmt: skip
    with transaction.atomic():
        documents.add(new)
    with pytest.raises(IntegrityError), transaction.atomic():
        documents.move(frozen.record, "draft", "approved", approved_by="maya")
    with pytest.raises(IntegrityError), transaction.atomic():
        documents.move(frozen.record, "draft", "ready")
    with transaction.atomic():
        assert documents.move(frozen.record, "draft", "ready", approved_by="hana")
    for entry in acts_on(frozen.record, frozen.sha256):
        with pytest.raises(IntegrityError), transaction.atomic():
            documents.put_sealed(frozen.record, b"%PDF", AT, "hana")
        with pytest.raises(documents.NotTheDocument), transaction.atomic():
            documents.sign(replace(entry, document_sha256="0" * 64))
        with transaction.atomic():
            documents.sign(entry)
        counted("statements the database refused", 2)
    with transaction.atomic():
        assert documents.put_sealed(frozen.record, b"%PDF", AT, "hana")
        assert not documents.put_sealed(frozen.record, b"%PDF", AT, "hana")


def test_a_file_of_another_record_does_not_pass_for_this_one(own_copy: Served) -> None:
    from courtside.services.verify_document import verify_document
    from courtside.store import documents

    number, pdf = sealed_in(own_copy)
    frozen, content = printed_sample("coaching_plan")
    swapped = seal(content, evidence_of(frozen, content), keys_in(own_copy.root), AT).pdf
    verdict = verify_document(own_copy.workspace, swapped)
    assert not verdict.valid
    assert any("the register has another file under this record" in one.what for one in verdict.findings)
    assert documents.sealed_by_sha256(sha256(pdf).hexdigest()) == documents.document(number)


def test_erasing_a_person_blanks_their_documents_and_keeps_hashes_and_acts(own_copy: Served) -> None:
    from django.db import connection, transaction

    from courtside.store import documents

    number, _ = sealed_in(own_copy)
    before = documents.document(number)
    assert before is not None
    told = json.loads(canonical([asdict(act) for act in documents.sealed_acts(number)]))
    with transaction.atomic():
        assert documents.forget_person(before.person_id, "erased-1") == (number,)
        documents.forget_person("p-rae", "erased-1")
    after = documents.document(number)
    assert after is not None
    assert (after.data, after.person_id, after.data_sha256) == ("", "erased-1", before.data_sha256)
    assert documents.files(number) == ()
    assert [one.act for one in documents.entries(number)] == [one.act for one in acts_on(number, "")]
    with connection.cursor() as rows:
        rows.execute("SELECT username, person_id, comment, ip, name FROM store_signatureentry")
        assert "Not my target." not in str(rows.fetchall())
    assert documents.problems(number) == ()
    assert documents.other_acts(number, told) == 0
    assert documents.other_acts(number, told[1:]) == 1
