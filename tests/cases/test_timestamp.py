"""Seals are time-stamped where a firm has chosen an authority; where none comes, nothing is lost or claimed."""

from __future__ import annotations

import http.server
import json
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from tests.cases.sealed_papers import AT, evidence_of, keys_in, printed_sample
from tests.cases.signing_desk import desk
from tests.serving import Served

from courtside.documents.seal import NoTimeStamp, seal
from courtside.documents.verify import verify

if TYPE_CHECKING:
    from courtside.services.channels_connect import Network

GATES = ("answers that are no time-stamp refused", "stamped seals verified by two libraries")
Counted = Callable[[str, int], None]
HOST = "stamp.firm.example"
NAME = "Time of day"


@dataclass
class Authority:
    """An authority that answers requests (RFC 3161) over https on this machine: well, or in one of the wrong ways."""

    folder: Path
    does: str = "stamps"
    at: datetime = AT
    asked: list[bytes] = field(default_factory=list)

    def answer(self, request: bytes) -> tuple[int, bytes]:
        """The status and the body."""
        self.asked.append(request)
        match self.does:
            case "stamps":
                return 200, self.stamped(request)
            case "another hash":
                return 200, self.stamped(_about_another(request))
            case "another number":
                return 200, self.stamped(_with_another_number(request))
            case "forged":
                real = bytearray(self.stamped(request))
                real[-40] ^= 1
                return 200, bytes(real)
            case "refuses":
                return 200, bytes.fromhex("30053003020102")
            case "rubbish":
                return 200, b"<html>nothing here</html>"
            case "empty":
                return 200, b""
            case "endless":
                return 200, b"0" * 200_000
            case _:
                return 503, b""

    def stamped(self, request: bytes) -> bytes:
        """A time-stamp of what is asked about."""
        from asn1crypto import tsp

        return bytes(_stamper(self.folder, self.at).request_tsa_response(tsp.TimeStampReq.load(request)).dump())


def _stamper(folder: Path, at: datetime) -> Any:
    from asn1crypto import keys as forms
    from asn1crypto import pem
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.timestamps import DummyTimeStamper

    certificate, key = (pem.unarmor(one)[2] for one in _pair(folder / "stamp", NAME, is_stamp=True))
    return DummyTimeStamper(Certificate.load(certificate), forms.PrivateKeyInfo.load(key), fixed_dt=at)


def _pair(stem: Path, name: str, *, is_stamp: bool = False) -> tuple[bytes, bytes]:
    """A certificate and its key, made once."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    files = stem.with_suffix(".crt"), stem.with_suffix(".key")
    if not files[0].exists():
        key = rsa.generate_private_key(65537, 2048)
        named = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        usage = x509.ExtendedKeyUsageOID.TIME_STAMPING if is_stamp else x509.ExtendedKeyUsageOID.SERVER_AUTH
        made = (
            x509.CertificateBuilder().subject_name(named).issuer_name(named).public_key(key.public_key())
            .serial_number(7).not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2045, 1, 1, tzinfo=UTC))
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=not is_stamp, path_length=None), critical=True)
            .sign(key, SHA256())
        )  # fmt: skip
        files[0].write_bytes(made.public_bytes(Encoding.PEM))
        files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files[0].read_bytes(), files[1].read_bytes()


def _about_another(request: bytes) -> bytes:
    from asn1crypto import tsp

    asked = tsp.TimeStampReq.load(request)
    asked["message_imprint"]["hashed_message"] = bytes(32)
    return bytes(asked.dump(force=True))


def _with_another_number(request: bytes) -> bytes:
    from asn1crypto import tsp

    asked = tsp.TimeStampReq.load(request)
    asked["nonce"] = 5
    return bytes(asked.dump(force=True))


@contextmanager
def standing(authority: Authority) -> Iterator[tuple[int, Network]]:
    """The authority's port, and a network in which its name leads to this machine."""
    from courtside.services.channels_connect import Network

    certificate, _ = _pair(authority.folder / "https", HOST)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            status, body = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:  # the other side has read enough
                return

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.folder / "https.crt", authority.folder / "https.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    trust = ssl.create_default_context(cadata=certificate.decode())
    try:
        yield (
            int(server.server_address[1]),
            Network(resolve=lambda *_: ("127.0.0.1",), is_allowed=lambda _: True, tls=lambda: trust, timeout_s=2.0),
        )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def choose(served: Served, port: int) -> None:
    """The firm of a copy chooses the authority at a port."""
    settings = replace(served.workspace.settings, timestamp_authority=f"https://stamp.firm.example:{port}/stamp")
    object.__setattr__(served.workspace, "settings", settings)
    file = served.workspace.root / "courtside.yaml"
    file.write_text(f"{file.read_text('utf-8')}timestamp_authority: https://stamp.firm.example:{port}/stamp\n", "utf-8")


def ask_of(port: int, network: Network) -> Callable[[bytes], bytes]:
    """What the services ask with."""
    from courtside.services.seal_time_stamp import asking
    from courtside.services.workspace import Settings, Workspace

    settings = Settings("Firm", "sales", timestamp_authority=f"https://stamp.firm.example:{port}/stamp")
    return asking(Workspace(Path(), settings), network)


def test_a_stamped_seal_says_when_and_by_whom_and_two_libraries_agree(tmp_path: Path, counted: Counted) -> None:
    frozen, content = printed_sample()
    keys, evidence = keys_in(tmp_path), replace(evidence_of(frozen, content), stamped_by=HOST)
    authority = Authority(tmp_path)
    with standing(authority) as (port, network):
        sealed = seal(content, evidence, keys, AT, ask_of(port, network))
    assert len(authority.asked) == 1
    verdict = verify(sealed.pdf, None, [keys.fingerprint])
    assert verdict.valid, verdict.findings
    (told,) = [one.what for one in verdict.findings if "time-stamp" in one.what]
    for wanted in ("2026-11-02T09:00:00+00:00", NAME, "SHA-256", "was not looked at"):
        assert wanted in told, told
    file = tmp_path / "sealed.pdf"
    file.write_bytes(sealed.pdf)
    pages = subprocess.run(["pdftotext", "-raw", file, "-"], capture_output=True, text=True, check=True).stdout
    assert f"of the authority {HOST}, kept in the seal" in " ".join(pages.split())
    poppler = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in poppler
    assert "ETSI.CAdES.detached" in poppler
    counted("stamped seals verified by two libraries", 1)


WRONG = ("another hash", "another number", "forged", "refuses", "rubbish", "empty", "endless", "is out of order")


@pytest.mark.parametrize("how", WRONG)
def test_what_is_no_time_stamp_of_this_seal_seals_nothing(how: str, tmp_path: Path, counted: Counted) -> None:
    frozen, content = printed_sample()
    evidence = replace(evidence_of(frozen, content), stamped_by=HOST)
    with standing(Authority(tmp_path, how)) as (port, network), pytest.raises(NoTimeStamp) as refused:
        seal(content, evidence, keys_in(tmp_path), AT, ask_of(port, network))
    assert "no time-stamp of this seal" in str(refused.value) or how in ("endless", "is out of order")
    counted("answers that are no time-stamp refused", 1)


def test_an_authority_that_is_down_or_another_host_behind_its_name_gives_none(tmp_path: Path, counted: Counted) -> None:
    authority = Authority(tmp_path)
    with standing(authority) as (port, network):
        stranger = replace(network, tls=ssl.create_default_context)
        with pytest.raises(NoTimeStamp, match="certificate is not its own"):
            ask_of(port, stranger)(b"")
    with pytest.raises(NoTimeStamp, match="the connection did not hold"):
        ask_of(port, network)(b"")
    assert not authority.asked
    counted("answers that are no time-stamp refused", 2)


def test_a_stamp_taken_out_or_put_in_is_found_without_the_register(tmp_path: Path) -> None:
    """The place of a stamp is not covered by the signature: the acts, which are, tell whether there is one."""
    frozen, content = printed_sample()
    keys, evidence = keys_in(tmp_path), evidence_of(frozen, content)
    authority = Authority(tmp_path)
    with standing(authority) as (port, network):
        sealed = seal(content, replace(evidence, stamped_by=HOST), keys, AT, ask_of(port, network)).pdf
    assert verify(sealed, None, [keys.fingerprint]).valid
    bare = verify(_without_stamp(sealed), None, [keys.fingerprint])
    assert not bare.valid
    assert any("was taken out" in one.what for one in bare.findings), bare.findings
    plain = seal(content, evidence, keys, AT).pdf
    told = [one.what for one in verify(plain, None, [keys.fingerprint]).findings]
    assert any("no authority's time-stamp: the time is of the organisation's own clock" in one for one in told)
    with pytest.raises(Exception, match="must agree"):
        seal(content, replace(evidence, stamped_by=HOST), keys, AT)


def test_every_flipped_bit_of_a_stamp_is_found_with_the_register_and_of_what_it_says_without(tmp_path: Path) -> None:
    frozen, content = printed_sample()
    keys, evidence = keys_in(tmp_path), replace(evidence_of(frozen, content), stamped_by=HOST)
    with standing(Authority(tmp_path)) as (port, network):
        sealed = seal(content, evidence, keys, AT, ask_of(port, network))
    stamp = sealed.pdf.find(AT.strftime("%Y%m%d%H%M%SZ").encode().hex().upper().encode())
    assert stamp > 0
    for place in (*range(stamp, stamp + 30, 2), *range(stamp - 160, stamp, 16)):
        copy = bytearray(sealed.pdf)
        copy[place] = ord("0") if copy[place] != ord("0") else ord("1")
        assert not verify(bytes(copy), None, [keys.fingerprint]).valid, place - stamp
        assert not verify(bytes(copy), sealed.sha256, [keys.fingerprint]).valid, place - stamp


def _without_stamp(pdf: bytes) -> bytes:
    from io import BytesIO

    from asn1crypto.cms import CMSAttributes, ContentInfo
    from pyhanko.pdf_utils.reader import PdfFileReader

    _, before, after, _ = map(int, PdfFileReader(BytesIO(pdf)).embedded_signatures[0].byte_range)
    content = ContentInfo.load(bytes.fromhex(pdf[before + 1 : after - 1].decode()))
    signer = content["content"]["signer_infos"][0]
    del signer["unsigned_attrs"]
    assert not isinstance(signer["unsigned_attrs"], CMSAttributes) or not len(signer["unsigned_attrs"])
    bare = content.dump(force=True).hex().upper().encode()
    return pdf[: before + 1] + bare + b"0" * (after - before - 2 - len(bare)) + pdf[after - 1 :]


def _all_sign(served: Served) -> Any:
    at = desk(served)
    for who in ("rae", "maya", "hana"):
        assert at.sign(who).status_code == 302
    return at


def _use(monkeypatch: pytest.MonkeyPatch, network: Network) -> None:
    from courtside.services import channels_connect

    monkeypatch.setattr(channels_connect, "NETWORK", network)


def test_the_last_signature_seals_with_the_stamp_of_the_authority(
    own_copy: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from courtside.cli.main import main
    from courtside.store import documents

    authority = Authority(tmp_path, at=own_copy.clock.now())
    with standing(authority) as (port, network):
        choose(own_copy, port)
        _use(monkeypatch, network)
        at = _all_sign(own_copy)
    assert at.document.state == "sealed"
    assert len(authority.asked) == 1
    file = tmp_path / "sealed.pdf"
    file.write_bytes(documents.file(at.document_id, "sealed") or b"")
    ran = CliRunner().invoke(
        main, ["--workspace", str(own_copy.workspace.root), "documents", "verify", str(file), "--format", "json"]
    )
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)["rows"]
    assert any(f"the time-stamp of {own_copy.clock.now().isoformat()} fits it" in one["finding"] for one in told), told


@pytest.mark.parametrize("how", ["down", "another hash"])
def test_a_document_waits_a_day_for_the_authority_and_is_then_sealed_without_and_says_so(
    how: str, own_copy: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from courtside.services.due_documents import due
    from courtside.services.verify_document import verify_document
    from courtside.store import documents

    with standing(Authority(tmp_path, how)) as (port, network):
        choose(own_copy, port)
        _use(monkeypatch, network)
        at = _all_sign(own_copy)
        assert at.document.state == "ready", "every signature is kept"
        due(own_copy.workspace, own_copy.caller)
        own_copy.clock.move(timedelta(hours=23))
        due(own_copy.workspace, own_copy.caller)
        assert at.document.state == "ready"
        own_copy.clock.move(timedelta(hours=2))
        due(own_copy.workspace, own_copy.caller)
    assert at.document.state == "sealed"
    verdict = verify_document(own_copy.workspace, documents.file(at.document_id, "sealed") or b"")
    assert verdict.valid, verdict.findings
    said = f"no authority's time-stamp: none; {HOST} gave none for 24 hours"
    assert any(said in one.what for one in verdict.findings), verdict.findings
    assert verdict.evidence["stamped_by"] == ""


def test_an_authority_that_comes_back_stamps_what_waited(
    own_copy: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from courtside.services.due_documents import due

    authority = Authority(tmp_path, "down", own_copy.clock.now())
    with standing(authority) as (port, network):
        choose(own_copy, port)
        _use(monkeypatch, network)
        at = _all_sign(own_copy)
        assert at.document.state == "ready"
        authority.does = "stamps"
        assert due(own_copy.workspace, own_copy.caller) >= 1
    assert at.document.state == "sealed"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("http://stamp.firm.example", "begins with https://"), ("https://127.0.0.1/x", "name the host in full"),
        ("https://" "user:word@stamp.firm.example", "no user, password"), ("stamp.firm.example", "begins with https://"),
        ("7", "is not a text"), ("https://stamp.firm.example:port/", "this is no address"),
    ],
)  # fmt: skip
def test_an_address_that_will_not_do_is_refused_with_its_place(written: str, said: str, tmp_path: Path) -> None:
    from courtside.services.refused import Refused
    from courtside.services.workspace import read_settings

    (tmp_path / "courtside.yaml").write_text(f"name: Firm\npack: sales\ntimestamp_authority: {written}\n", "utf-8")
    with pytest.raises(Refused) as refused:
        read_settings(tmp_path)
    assert "courtside.yaml:3:22: timestamp_authority: " in refused.value.reason
    assert said in refused.value.reason


def test_no_authority_is_asked_where_none_is_chosen(own_copy: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from courtside.services import channels_connect
    from courtside.services.workspace import read_settings

    def gone(*_: object) -> tuple[str, ...]:
        raise AssertionError("nothing is asked")

    monkeypatch.setattr(channels_connect, "NETWORK", channels_connect.Network(resolve=gone))
    assert read_settings(own_copy.workspace.root).timestamp_authority == ""
    assert _all_sign(own_copy).document.state == "sealed"
