"""What `courtside.yaml` says of mail: which server hands it on, and in whose name. The password is never in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from ipaddress import ip_address
from typing import Any

TLS = ("starttls", "tls", "none")
PASSWORD_FILE = "mail.password"  # noqa: S105  (a file's name)
PASSWORD_VARIABLE = "COURTSIDE_MAIL_PASSWORD"  # noqa: S105  (a variable's name)
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_KNOWN = ("host", "port", "tls", "from", "user")


@dataclass(frozen=True, slots=True)
class Mail:
    """A server that hands mail on. `sender` may be `Name <address>`; `user` empty: it asks for no password."""

    host: str
    port: int
    tls: str
    sender: str
    user: str = ""

    @property
    def address(self) -> str:
        """The address alone, without a name."""
        return parseaddr(self.sender)[1]


def read_mail(told: Any) -> Mail | None:
    """The mail settings; None where mail is off. Raises ValueError, saying which value will not do and how to mend it.

    >>> read_mail({"host": "mail.firm.example", "from": "courtside@firm.example"}).port
    587
    """
    if not told:
        return None
    if not isinstance(told, Mapping):
        raise ValueError(f"{told!r} will not do; write {{host: mail.firm.example, from: courtside@firm.example}}")
    for key in told:
        if key == "password":
            raise ValueError(f"no password belongs here; put it into {PASSWORD_FILE}, or into {PASSWORD_VARIABLE}")
        if key not in _KNOWN:
            raise ValueError(f"there is no mail setting {str(key)!r}; there is: {', '.join(_KNOWN)}")
    mail = _typed(told)
    if fault := _fault_in(mail):
        raise ValueError(fault)
    return mail


def _typed(told: Mapping[Any, Any]) -> Mail:
    tls = told.get("tls", "starttls")
    if tls not in TLS:
        raise ValueError(f"tls: {tls!r} will not do; write one of {', '.join(TLS)}")
    port = told.get("port", _PORTS[tls])
    if not isinstance(port, int) or isinstance(port, bool) or not 1 <= port <= 65535:
        raise ValueError(f"port: {port!r} is no port; write a number from 1 to 65535")
    texts = {key: told.get(key, "") for key in ("host", "from", "user")}
    for key, text in texts.items():
        if not isinstance(text, str) or not text.isprintable():
            raise ValueError(f"{key}: {text!r} is not a printable text")
    return Mail(texts["host"], port, tls, texts["from"], texts["user"])


def _fault_in(mail: Mail) -> str:
    if not mail.host or any(sign in mail.host for sign in "/@ "):
        return f"host: {mail.host!r} is no host; write such as mail.firm.example"
    name, _, domain = mail.address.partition("@")
    if not name or not domain or " " in mail.address:
        return f"from: {mail.sender!r} holds no address; write such as courtside@firm.example"
    if mail.user and mail.tls == "none" and not _is_this_host(mail.host):
        return "tls: without it the password would travel readable for others; write starttls or tls"
    return ""


def _is_this_host(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
