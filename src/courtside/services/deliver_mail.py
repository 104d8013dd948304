"""Handing mails to the server that is set: one at a time, and knowing whether one may have been accepted."""

from __future__ import annotations

import re
import smtplib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from courtside.services.channels_connect import NotHandedOver, Unclear
from courtside.services.channels_mail import Mail
from courtside.services.channels_password import password_of
from courtside.services.deliver_words import Said

TIMEOUT_S = 20.0
_ADDRESS = re.compile(r"[^@\s,;:<>()\"\\]+@[^@\s,;:<>()\"\\]+")
"""One address and no more: nothing that could become a second one, or a header."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to one address. `invitation` is a calendar file and its method."""

    opaque: str
    to: str
    said: Said
    at: datetime
    invitation: tuple[bytes, str] | None = None


class Unreachable(NotHandedOver):
    """Not this mail but the server is the trouble: others need not be tried now."""


class MailServer:
    """The server mails are handed to. The connection is opened for the first mail and kept for the next."""

    def __init__(self, mail: Mail, root: Path, timeout_s: float = TIMEOUT_S) -> None:
        self._mail = mail
        self._root = root
        self._timeout_s = timeout_s
        self._backend: Any = None

    def hand_over(self, letter: Letter) -> None:
        """See one mail accepted. Raises NotHandedOver where it surely was not, Unclear where no answer came."""
        if not _ADDRESS.fullmatch(letter.to) or not letter.to.isprintable():
            raise NotHandedOver("its address cannot be written into a mail", is_final=True)
        message = self._message(letter)
        backend = self._opened()
        backend.connection.has_begun = False
        try:
            backend.send_messages([message])
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            self._refused(max(codes, default=550), "the server does not take mail for this address")
        except smtplib.SMTPResponseException as refused:
            self._refused(refused.smtp_code, "the server did not take it")
        except ValueError:
            raise NotHandedOver("its address cannot be written into a mail", is_final=True) from None
        except (OSError, smtplib.SMTPException):
            has_begun = backend.connection.has_begun
            self.close()
            if has_begun:
                raise Unclear("handed over, and no answer came") from None
            raise Unreachable("the mail server went away") from None

    def close(self) -> None:
        """End the connection, if there is one."""
        backend, self._backend = self._backend, None
        if backend is not None:
            with suppress(OSError, smtplib.SMTPException):
                backend.close()

    def _refused(self, code: int, reason: str) -> None:
        if code == 421:
            self.close()
        raise NotHandedOver(f"{reason} ({code})", is_final=500 <= code < 600) from None

    def _opened(self) -> Any:
        """The connection, opened where there is none. Raises NotHandedOver."""
        if self._backend is None or self._backend.connection is None:
            mail = self._mail
            backend = _backend()(
                mail.host, mail.port, mail.user, password_of(mail, self._root), mail.tls == "starttls",
                use_ssl=mail.tls == "tls", timeout=self._timeout_s,
            )  # fmt: skip
            try:
                backend.open()
            except (OSError, smtplib.SMTPException):
                raise Unreachable("the mail server cannot be reached, or does not let us in") from None
            self._backend = backend
        return self._backend

    def _message(self, letter: Letter) -> Any:
        from django.core.mail import EmailMultiAlternatives  # noqa: PLC0415  (Django stays out of start-up)

        _, _, domain = self._mail.address.partition("@")
        headers = {
            "Message-ID": f"<{letter.opaque.lower()}.courtside@{domain}>",
            "Date": format_datetime(letter.at),
            "Auto-Submitted": "auto-generated",
        }
        message = EmailMultiAlternatives(
            letter.said.subject, letter.said.text, self._mail.sender, [letter.to], headers=headers
        )
        message.attach_alternative(letter.said.html, "text/html")
        if letter.invitation is not None:
            content, method = letter.invitation
            message.attach_alternative(content.decode("utf-8"), f"text/calendar; method={method}; charset=utf-8")
        return message


def _backend() -> Any:
    """Django's way of speaking to a mail server, with a note of when a mail begins to be handed over."""
    from django.core.mail.backends.smtp import EmailBackend  # noqa: PLC0415

    class Backend(EmailBackend):
        """Django's own, on connections of ours."""

        @property
        def connection_class(self) -> Any:
            """What the connection is made by."""
            return _Tls if self.use_ssl else _Plain

    return Backend


class _Noting:
    """A connection that notes when the content of a mail goes out: from then on, silence leaves it open."""

    has_begun = False

    def data(self, msg: Any) -> Any:
        """Hand the content over."""
        self.has_begun = True
        return super().data(msg)  # type: ignore[misc]


class _Plain(_Noting, smtplib.SMTP):
    """A connection that begins in the clear."""


class _Tls(_Noting, smtplib.SMTP_SSL):
    """A connection that is sealed from the start."""
