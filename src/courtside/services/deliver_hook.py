"""What channels are sent: a task and a day, signed for programs, one line for chats; nobody is named."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from courtside.services.channels_connect import Letter
from courtside.services.deliver_words import day_in_words
from courtside.store.outbox_words import TASKS

SIGNATURE = "Courtside-Signature"
DELIVERY = "Courtside-Delivery"


def signed(secret: str, body: bytes, at: datetime) -> str:
    """The value of the signature's header: `t=<seconds>,v1=<HMAC-SHA-256 of "<seconds>.<body>" in hexadecimal>`."""
    seconds = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def for_program(words: str, due_on: date | None, delivery: str, link: str, secret: str, at: datetime) -> Letter:
    """A webhook: which words, which day, and where tasks are; the delivery's number tells a copy from a new one."""
    told = {"task": words, "text": TASKS[words].subject, "due_on": due_on, "link": link, "delivery": delivery}
    body = _json({name: value for name, value in told.items() if value})
    return Letter(body, {SIGNATURE: signed(secret, body, at), DELIVERY: delivery})


def for_chat(kind: str, words: str, due_on: date | None, origin: str) -> Letter:
    """A message in a room of `slack` or `teams`: one line, and the site's first page."""
    day, where = f", by {day_in_words(due_on)}" if due_on else "", f": {origin}/" if origin else ""
    text = f"{TASKS[words].subject}{day}{where}"
    return Letter(_json({"text": text} if kind == "slack" else _card(text)))


def _card(text: str) -> Mapping[str, Any]:
    content = {
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "TextBlock", "text": text, "wrap": True}],
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": content}]}


def _json(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, default=str, ensure_ascii=True).encode("ascii")
