"""Channels lead to listed hosts on the open internet and nowhere else; what they carry is a task and a day."""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.serving import NOW, Served

from courtside.services.channels_address import is_open_internet
from courtside.services.channels_connect import Letter, Network, NotHandedOver, Target, Unclear, hand_over, target_of
from courtside.services.refused import Refused

if TYPE_CHECKING:
    from django.test import Client

GATES = (
    "forms of private addresses refused",
    "private addresses a checker by is_private alone lets through",
    "answers of a host judged",
    "addresses refused as a channel's",
    "askings of channel pages by others than administrators, all 404",
)
PRIVATE = (
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.1.2.3",  # noqa: S104  (refused, not bound to)
    "127.255.255.254", "169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.8",
    "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "224.0.0.251", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:100.64.0.1",
    "::ffff:7f00:1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::", "2002:a00:1::", "2002:c0a8:1::1", "2001::1", "2001:0:7f00:1::", "2001:db8::1", "100::1", "fc00::1",
    "fd00::1", "fd12:3456:789a::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff05::2", "ff0e::1", "3fff::1",
    "5f00::1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "localhost", "1.2.3.4.5", "",
)  # fmt: skip
PUBLIC = ("1.1.1.1", "9.9.9.9", "52.94.236.248", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e")
HOST = "hooks.firm.example"


def _by_is_private_alone(text: str) -> bool:
    try:
        return not ip_address(text).is_private
    except ValueError:
        return False


def test_no_form_of_a_private_address_is_taken_for_the_open_internet(counted: Callable[[str, int], None]) -> None:
    assert [text for text in PRIVATE if is_open_internet(text)] == []
    assert [text for text in PUBLIC if not is_open_internet(text)] == []
    assert len(PRIVATE) >= 60
    counted("forms of private addresses refused", len(PRIVATE))


def test_a_checker_by_is_private_alone_is_caught(counted: Callable[[str, int], None]) -> None:
    passed = [text for text in PRIVATE if _by_is_private_alone(text)]
    assert {"100.64.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1"} <= set(passed)
    counted("private addresses a checker by is_private alone lets through", len(passed))


@dataclass
class Host:
    """An https host on this machine that answers what it is told to, and keeps what it was sent."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    is_silent: bool = False
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


def _certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate of its own for `HOST`, and what trusts it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = made.public_bytes(serialization.Encoding.PEM)
    path = folder / "host.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(pem + secret)
    return path, ssl.create_default_context(cadata=pem.decode())


@contextmanager
def answering(host: Host, folder: Path) -> Iterator[tuple[int, Network]]:
    """The host's port, and a network in which its name leads to this machine and this machine is allowed."""
    path, trust = _certificate(folder)
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            host.got.append((self.path, dict(self.headers), body))
            if host.is_silent:
                over.wait(5)
                return
            self.send_response(host.status)
            for name, value in host.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    network = Network(
        resolve=lambda _host, _port: ("127.0.0.1",), is_allowed=lambda text: text == "127.0.0.1", tls=lambda: trust,
        timeout_s=0.5, deadline_s=1.0,
    )  # fmt: skip
    try:
        yield int(server.server_address[1]), network
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_host_is_believed_by_its_status_alone_and_never_followed(
    tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    host = Host()
    with answering(host, tmp_path) as (port, network):
        target = Target(HOST, port, "/hook?x=1")
        for status in (200, 201, 204):
            host.status = status
            hand_over(target, Letter(b"{}"), network)
        for status, is_final in (
            (301, True), (302, True), (307, True), (308, True), (400, True), (404, True), (410, True), (408, False),
            (429, False), (500, False), (503, False),
        ):  # fmt: skip
            host.status, host.headers = status, (("Location", f"https://{HOST}:{port}/elsewhere"),)
            with pytest.raises(NotHandedOver) as refused:
                hand_over(target, Letter(b"{}"), network)
            assert refused.value.is_final is is_final, status
    assert {path for path, _, _ in host.got} == {"/hook?x=1"}
    assert len(host.got) == 14
    counted("answers of a host judged", len(host.got))


def test_a_silent_host_leaves_it_open_whether_it_was_told(tmp_path: Path) -> None:
    host = Host(is_silent=True)
    with answering(host, tmp_path) as (port, network), pytest.raises(Unclear):
        hand_over(Target(HOST, port, "/"), Letter(b"{}"), network)
    assert len(host.got) == 1


def test_nothing_is_sent_to_a_private_address_or_past_a_wrong_certificate(tmp_path: Path) -> None:
    host = Host()
    with answering(host, tmp_path) as (port, network):
        mixed = lambda *_: ("9.9.9.9", "127.0.0.1")  # noqa: E731
        for wrong in (
            Network(resolve=lambda *_: ("127.0.0.1",)),
            Network(resolve=mixed),
            Network(resolve=lambda *_: ("::ffff:127.0.0.1",)),
        ):
            with pytest.raises(NotHandedOver, match="not of the open internet") as refused:
                hand_over(Target(HOST, port, "/"), Letter(b"{}"), wrong)
            assert refused.value.is_final
        strict = Network(network.resolve, network.is_allowed, timeout_s=0.5)
        with pytest.raises(NotHandedOver, match="certificate"):
            hand_over(Target(HOST, port, "/"), Letter(b"{}"), strict)
        with pytest.raises(NotHandedOver, match="certificate"):
            hand_over(Target("other.firm.example", port, "/"), Letter(b"{}"), network)
        with pytest.raises(NotHandedOver, match="too long"):
            hand_over(Target(HOST, port, "/"), Letter(b"x" * 20_000), network)
    assert host.got == []


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.firm.example/x", "https://127.0.0.1/x", "https://[::1]/x", "https://localhost/x", "https://2130706433/",
        "https://0x7f.1/", "https://user@hooks.firm.example/", "https://u:p@hooks.firm.example/",
        "https://hooks.firm.example/#x", "https://hooks.firm.example:99999/", "https://hooks firm.example/", "ftp://a.b/",
        "https://hooks.firm.example\\@evil.example/", "https://a.b/\r\nX: y", "https://höoks.firm.example/", "https:///x",
        "https://.firm.example/", "https://firm..example/", "hooks.firm.example", "javascript:alert(1)", "https://a.0x7f/",
    ],
)  # fmt: skip
def test_an_address_that_is_no_plain_https_one_is_refused(address: str, counted: Callable[[str, int], None]) -> None:
    with pytest.raises(Refused):
        target_of(address)
    counted("addresses refused as a channel's", 1)


def test_a_webhook_is_signed_names_nobody_and_is_tried_again(
    own_copy: Served, as_user: Callable[..., Client], tmp_path: Path
) -> None:
    from courtside.services.caller import Caller
    from courtside.services.deliver import deliver
    from courtside.services.outbox_office import Office
    from courtside.store import outbox

    host, browser = Host(status=503), as_user("ada")
    with answering(host, tmp_path) as (port, network):
        address = f"https://{HOST}:{port}/secret-path"
        new = {"kind": "webhook", "name": "HR system", "address": address}
        refused = browser.post("/settings/channels/add/", new)
        assert refused.status_code == 400
        assert b"not listed" in refused.content
        assert browser.post("/settings/channels/hosts/add/", {"host": HOST}).status_code == 302
        shown = browser.post("/settings/channels/add/", new).content.decode()
        secret = "csw_" + shown.split("csw_", 1)[1].split("<", 1)[0]
        assert browser.post("/settings/channels/add/", {**new, "kind": "slack", "name": "Room"}).status_code == 302
        assert secret not in browser.get("/settings/channels/").content.decode()
        rae = own_copy.people["rae"]
        outbox.enqueue(outbox.Task("read", "1:1:9", "/x/", person_id=rae, due_on=date(2026, 11, 9)), NOW)
        tom = own_copy.people["tom"]
        outbox.enqueue(outbox.Task("read", "1:1:8", "/x/", person_id=tom, due_on=date(2026, 11, 9)), NOW)
        outbox.enqueue(outbox.Task("document", "doc:9", "/documents/x/", person_id=rae), NOW)
        pass_one = deliver(Office(own_copy.workspace, Caller("w", clock=lambda: NOW), network=network))
        host.status, later = 200, NOW + timedelta(hours=1)
        pass_two = deliver(Office(own_copy.workspace, Caller("w", clock=lambda: later), network=network))
        assert (pass_one["later"], pass_two["sent"]) == (2, 2)
    (headers, body), *_ = [(heads, sent) for _, heads, sent in host.got[2:] if "Courtside-Signature" in heads]
    (room,) = [sent for _, heads, sent in host.got[2:] if "Courtside-Signature" not in heads]
    told = json.loads(body)
    assert {"task": "read", "due_on": "2026-11-09", "text": "Your 1:1 read opens"}.items() <= told.items()
    seconds, given = (part.split("=", 1)[1] for part in headers["Courtside-Signature"].split(","))
    assert given == hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    first = next(json.loads(sent) for _, heads, sent in host.got[:2] if "Courtside-Signature" in heads)
    assert headers["Courtside-Delivery"] == told["delivery"] == first["delivery"]
    assert json.loads(room) == {"text": "Your 1:1 read opens, by 9 November 2026"}
    for _, _, sent in host.got:
        assert rae.encode() not in sent
        assert b"Rae" not in sent
    database = (own_copy.root / "app.sqlite3").read_bytes()
    assert b"secret-path" not in database
    assert secret.encode() not in database


def test_a_host_listed_no_more_and_a_channel_that_ended_get_nothing(
    own_copy: Served, as_user: Callable[..., Client], tmp_path: Path
) -> None:
    from courtside.services.caller import Caller
    from courtside.services.deliver import deliver
    from courtside.services.outbox_office import Office

    host, browser = Host(), as_user("ada")
    with answering(host, tmp_path) as (port, network):
        browser.post("/settings/channels/hosts/add/", {"host": HOST})
        for name in ("one", "two"):
            browser.post(
                "/settings/channels/add/",
                {"kind": "teams", "name": name, "address": f"https://{HOST}:{port}/"},
            )
        for number in (1, 2):
            assert browser.post(f"/settings/channels/{number}/try/").status_code == 302
        browser.post("/settings/channels/1/end/")
        browser.post("/settings/channels/hosts/remove/", {"host": HOST})
        counts = deliver(Office(own_copy.workspace, Caller("w", clock=lambda: NOW), network=network))
        assert counts == {"dropped": 1, "failed": 1}
        page = browser.get("/settings/channels/").content.decode()
        assert "its host is not listed" in page
        assert browser.post("/tasks/retry/").status_code == 302
        browser.post("/settings/channels/hosts/add/", {"host": HOST})
        counts = deliver(Office(own_copy.workspace, Caller("w", clock=lambda: NOW), network=network))
        assert counts == {"sent": 1}
    assert json.loads(host.got[0][2])["attachments"][0]["content"]["body"][0]["text"] == "A trial of this channel"


def test_channels_are_for_administrators_and_tasks_for_those_they_are_for(
    own_copy: Served, as_user: Callable[..., Client], counted: Callable[[str, int], None]
) -> None:
    from tests.cases.outbox_sink import rows

    from courtside.store import outbox

    asked = 0
    for name in ("rae", "maya", "hana", "eve", "ola", "ari", "otto"):
        browser = as_user(name)
        assert browser.get("/settings/channels/").status_code == 404
        for at in ("hosts/add/", "hosts/remove/", "add/", "try/", "1/try/", "1/end/"):
            assert browser.post(f"/settings/channels/{at}", {"host": HOST}).status_code == 404
            asked += 1
    outbox.enqueue(outbox.Task("document", "doc:1", "/documents/x/", person_id=own_copy.people["rae"]), NOW)
    (row,) = rows()
    here = f"/tasks/{row.opaque}/"
    missing = as_user("tom").get("/tasks/AAAAAAAAAAAAAAAA/")
    for name in ("tom", "maya", "hana", "ada", "ari"):
        answer = as_user(name).get(here)
        assert answer.status_code == 404
        assert "document" not in as_user(name).get("/tasks/").content.decode().lower().split("<main")[1]
    assert missing.status_code == 404
    assert rows()[0].opened_at is None
    rae = as_user("rae")
    assert "You have a document to review" in rae.get("/tasks/").content.decode()
    assert rae.get(here)["Location"] == "/documents/x/"
    assert rows()[0].opened_at == NOW
    assert rae.post("/tasks/retry/").status_code == 404
    assert rae.post("/tasks/quiet/", {"words": ["figures"]}).status_code == 302
    assert rae.post("/tasks/quiet/", {"words": ["document"]}).status_code == 400
    counted("askings of channel pages by others than administrators, all 404", asked)


@pytest.mark.parametrize(
    ("mail", "said"),
    [
        ("{host: m.example}", "holds no address"),
        ("{host: m.example, from: a@b.example, password: x}", "no password belongs here"),
        ("{host: m.example, from: a@b.example, port: many}", "no port"),
        ("{host: m.example, from: a@b.example, tls: none, user: u}", "travel readable"),
        ("{host: m.example, from: a@b.example, tsl: none}", "no mail setting 'tsl'"),
        ('{host: m.example, from: "a@b.example\\nBcc: c@d.example"}', "not a printable text"),
        ("on", "will not do"),
    ],
)
def test_mail_settings_that_will_not_do_are_refused_at_their_line(mail: str, said: str, tmp_path: Path) -> None:
    from courtside.services.workspace import read_settings

    (tmp_path / "courtside.yaml").write_text(f"name: x\npack: sales\nmail: {mail}\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read_settings(tmp_path)
    assert "courtside.yaml:3:7: mail: " in str(refused.value)
    assert said in str(refused.value)


def test_a_password_others_can_read_is_refused(tmp_path: Path) -> None:
    from courtside.services.channels_mail import Mail
    from courtside.services.channels_password import password_of

    mail = Mail("m.example", 587, "starttls", "a@b.example", "user")
    with pytest.raises(Refused, match="put the password into"):
        password_of(mail, tmp_path)
    (tmp_path / "mail.password").write_text("quiet\n")
    (tmp_path / "mail.password").chmod(0o644)
    with pytest.raises(Refused, match="chmod 600"):
        password_of(mail, tmp_path)
    (tmp_path / "mail.password").chmod(0o600)
    assert password_of(mail, tmp_path) == "quiet"
