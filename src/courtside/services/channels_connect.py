"""Handing something over to a host that is listed: the address it resolves to is checked, and then connected to."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from courtside.services.channels_address import is_open_internet
from courtside.services.refused import Refused

TIMEOUT_S = 5.0
"""For each step of a conversation."""
DEADLINE_S = 20.0
"""For the whole of it: a host that answers a byte at a time is left."""
MOST_SENT = 16 * 1024
MOST_READ = 4 * 1024
HTTPS = 443


class NotHandedOver(Exception):
    """Nothing was sent; `is_final` if trying again would not help. The reason is in words of ours."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final


class Unclear(Exception):
    """It was sent, and no answer came."""


@dataclass(frozen=True, slots=True)
class Target:
    """An https address, taken apart."""

    host: str
    port: int
    path: str


def addresses_of(host: str, port: int) -> tuple[str, ...]:
    """What a host resolves to."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return tuple(dict.fromkeys(str(one[4][0]) for one in found))


@dataclass(frozen=True, slots=True)
class Network:
    """How hosts are found and judged; a test stands up a host of its own."""

    resolve: Callable[[str, int], tuple[str, ...]] = addresses_of
    is_allowed: Callable[[str], bool] = is_open_internet
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context
    timeout_s: float = TIMEOUT_S
    deadline_s: float = DEADLINE_S


NETWORK = Network()


@dataclass(frozen=True, slots=True)
class Letter:
    """What is handed over."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def target_of(address: str) -> Target:
    """An https address with a name for a host, without user, password or fragment. Raises Refused."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or HTTPS
    except ValueError:
        raise Refused("this is no address; it begins with https:// and the name of a host") from None
    if not address.isascii() or not address.isprintable() or " " in address or "\\" in address:
        raise Refused("an address holds printable ASCII without spaces")
    if parts.scheme != "https" or parts.username is not None or parts.password is not None or parts.fragment:
        raise Refused("an address begins with https:// and holds no user, password or #part")
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    return Target(checked_host(host), port, path)


def fault_in_address(address: str) -> str:
    """What is wrong with an https address of a setting; empty where nothing is."""
    try:
        target_of(address)
    except Refused as why:
        return f"{why.reason}; write https://host.firm.example/path, or leave the setting out"
    return ""


def checked_host(host: str) -> str:
    """The name of a host, small and without a last dot. Raises Refused for a number in its place."""
    name = host.strip().lower().rstrip(".")
    labels = name.split(".")
    sound = all(part and len(part) <= 63 and part.replace("-", "").isalnum() for part in labels)
    if not name.isascii() or len(name) > 253 or len(labels) < 2 or not sound or labels[-1].isdigit():
        raise Refused("name the host in full, such as hooks.example.com; a number in its place is not taken")
    if labels[-1].startswith("0x"):
        raise Refused("name the host in full, such as hooks.example.com; a number in its place is not taken")
    return name


def hand_over(target: Target, letter: Letter, network: Network = NETWORK) -> None:
    """Send a letter by POST and see it accepted. Follows no redirect and uses no proxy.

    Raises NotHandedOver where it surely was not accepted, and Unclear where no answer came.
    """
    if len(letter.body) > MOST_SENT:
        raise NotHandedOver("it is too long", is_final=True)
    connection = _Checked(target, network)
    try:
        connection.connect()
    except (OSError, ssl.SSLError, UnicodeError) as error:
        connection.close()
        raise NotHandedOver(_kind_of(error)) from None
    with _deadline(connection, network.deadline_s):
        _judge(_answer(connection, target, letter))


def exchange(target: Target, letter: Letter, most: int, network: Network = NETWORK) -> bytes:
    """Send a letter by POST and bring back the answer of a host that accepts it, of at most so many bytes.

    Follows no redirect and uses no proxy. Raises NotHandedOver where there is no such answer, whatever became of it.
    """
    connection = _Checked(target, network)
    try:
        connection.connect()
        with _deadline(connection, network.deadline_s):
            connection.request("POST", target.path, body=letter.body, headers={**letter.headers, "Connection": "close"})
            with connection.getresponse() as response:  # the connection is the answer's from here on
                body = response.read(most + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotHandedOver(_kind_of(error)) from None
    finally:
        connection.close()
    _judge(response.status)
    if len(body) > most:
        raise NotHandedOver("the answer is too long", is_final=True)
    return body


class _Checked(http.client.HTTPSConnection):
    """A connection to the very address that was checked, held to the certificate of the host's name."""

    def __init__(self, target: Target, network: Network) -> None:
        super().__init__(target.host, target.port, timeout=network.timeout_s)
        self._network = network

    def connect(self) -> None:
        """Resolve once, check, connect there, and see who answers. Raises OSError and NotHandedOver."""
        found = self._network.resolve(self.host, self.port)
        if not found:
            raise OSError("nothing found")
        if not all(map(self._network.is_allowed, found)):
            raise NotHandedOver("the host leads to an address that is not of the open internet", is_final=True)
        plain = socket.create_connection((found[0], self.port), self._network.timeout_s)
        try:
            if not self._network.is_allowed(str(plain.getpeername()[0])):
                raise NotHandedOver("another address answered", is_final=True)
            self.sock = self._network.tls().wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def _answer(connection: http.client.HTTPSConnection, target: Target, letter: Letter) -> int:
    headers = {"Content-Type": "application/json", "User-Agent": "Courtside", **letter.headers, "Connection": "close"}
    try:
        connection.request("POST", target.path, body=letter.body, headers=headers)
        with connection.getresponse() as response:
            response.read(MOST_READ)
        return response.status
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unclear(_kind_of(error)) from None
    finally:
        connection.close()


def _judge(status: int) -> None:
    """Raises NotHandedOver for everything but an acceptance."""
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise NotHandedOver("the host sends us elsewhere, and we do not follow", is_final=True)
    is_final = status not in (408, 425, 429) and status < 500
    raise NotHandedOver(f"the host answered {status}", is_final=is_final)


def _kind_of(error: BaseException) -> str:
    """What went wrong, without a word of what the other side said."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "the host's certificate is not its own"
    if isinstance(error, socket.gaierror):
        return "the host is not found"
    return "the connection did not hold"


@contextmanager
def _deadline(connection: http.client.HTTPSConnection, seconds: float) -> Iterator[None]:
    """Cut the conversation off when it takes too long."""
    plain = connection.sock

    def cut() -> None:
        try:
            plain.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    timer = threading.Timer(seconds, cut)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
