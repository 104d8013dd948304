"""What people are told before they first sign here: in one version, agreed to once, and never needed."""

from __future__ import annotations

from hashlib import sha256

from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit

VERSION = 1
TEXT = (
    "You can sign documents here with your name, instead of on paper. You need not: at any time, and for any document, "
    "you can ask HR for a copy on paper, sign that one by hand, or decline to sign.",
    "Signing here means that the document has reached you. It does not mean that you agree with it.",
    "What is kept of it: your name as you type it, the time, how you proved that it is you, the address you came from, "
    "and the hash of the document, so that nobody can change it afterwards. It is printed on the last pages of the "
    "sealed document, of which you get a copy at once.",
    "You can read and download what you have signed for as long as the firm keeps it. To sign here you need this site, "
    "a browser, and your second factor.",
)
"""The paragraphs. A change of a word is a new version."""


def digest() -> str:
    """The hash of the words somebody agrees to."""
    return sha256("\n".join(TEXT).encode("utf-8")).hexdigest()


def has_consented(visit: Visit) -> bool:
    """Whether the viewer has agreed to the words as they are now."""
    from courtside.store import signing  # noqa: PLC0415  (Django stays out of start-up)

    return signing.has_consented(visit.viewer.user_id, VERSION)


def consent_to_sign(visit: Visit, version: str) -> None:
    """Agree to sign here. Raises NotFound for somebody else's eyes, Refused for words that are not these."""
    from courtside.store import audit, signing  # noqa: PLC0415

    if visit.viewer.is_read_only:
        raise NotFound
    if version != str(VERSION):
        raise Refused("what you are told of signing here has changed; read it again")
    at = visit.caller.clock()
    with audit.together():
        if signing.consent(visit.viewer.user_id, VERSION, digest(), at):
            detail = {"user": visit.viewer.username, "version": VERSION, "sha256": digest()}
            audit.write(audit.Act(at, visit.caller.who, "consent_to_sign", detail))


def refuse_without_consent(visit: Visit) -> None:
    """Raises Refused for somebody who has not agreed to sign here."""
    if not has_consented(visit):
        raise Refused("read first what signing here means, and agree to it; or ask HR for a copy on paper")
