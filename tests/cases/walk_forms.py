"""Forms as a browser reads them from a page: what is filled in stays, what somebody types is put in, and it is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.test import Client


@dataclass
class Form:
    """One form of a page: where it is sent, and its fields as they stand."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self, here: str) -> None:
        super().__init__()
        self.here, self.forms = here, list[Form]()
        self.open: Form | None = None
        self.text = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Form(told.get("action") or self.here, told.get("method", "get").lower())
            self.forms.append(self.open)
        if self.open is None:
            return
        name = told.get("name", "")
        if name:
            self.open.names.add(name)
        if tag == "input" and name and _is_sent(told):
            self.open.fields.setdefault(name, []).append(told.get("value", "on" if "checked" in told else ""))
        elif tag == "textarea":
            self.text, self.open.fields[name] = name, [""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and (self.select not in self.open.fields or "selected" in told):
            self.open.fields[self.select] = [told.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self.text and self.open is not None:
            self.open.fields[self.text][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "textarea" and self.open is not None:
            self.open.fields[self.text][0] = self.open.fields[self.text][0].removeprefix("\n")
            self.text = ""
        elif tag == "select":
            self.select = ""


def _is_sent(told: dict[str, str]) -> bool:
    kind = told.get("type", "text")
    return kind not in ("submit", "button", "file") and (kind not in ("checkbox", "radio") or "checked" in told)


def forms_of(page: Any, here: str) -> list[Form]:
    """Every form of a page."""
    reader = _Reader(here)
    reader.feed(page.content.decode())
    return reader.forms


def send(client: Client, where: str, ends: str = "", **typed: str) -> Any:
    """Open a page, fill in the form whose address ends so (the page's own by default), and send it: what came back."""
    page = client.get(where)
    assert page.status_code == 200, (where, page.status_code, said(page))
    fitting = [
        one for one in forms_of(page, where)
        if one.method == "post" and one.action.endswith(ends or where) and set(typed) <= one.names
    ]  # fmt: skip
    assert fitting, (where, ends, sorted(typed), [(one.action, sorted(one.names)) for one in forms_of(page, where)])
    form = fitting[0]
    return client.post(form.action, {**form.fields, **typed})


def done(client: Client, where: str, ends: str = "", **typed: str) -> Any:
    """The same, for what must succeed: it leads to another page."""
    reply = send(client, where, ends, **typed)
    assert reply.status_code == 302, (where, reply.status_code, said(reply))
    return reply


def said(page: Any) -> str:
    """The words of a page, for messages of a failing test."""
    import re

    text = page.content.decode(errors="replace")
    main = re.search(r"<main.*?</main>", text, re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0] if main else text))[:1500]
