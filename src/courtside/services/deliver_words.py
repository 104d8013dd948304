"""What a message says, in text and HTML alike: words of a closed list, a day, a link, and why one gets it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from courtside.store.outbox_words import TASKS


@dataclass(frozen=True, slots=True)
class Site:
    """The site messages lead to: its origin (empty where none is set: then there are no links) and the firm's name."""

    origin: str
    firm: str

    def link(self, opaque: str) -> str:
        """Where a task opens, for the person it is for and nobody else."""
        return f"{self.origin}/tasks/{opaque}/" if self.origin else ""

    @property
    def tasks(self) -> str:
        """Where everybody finds their own tasks."""
        return f"{self.origin}/tasks/" if self.origin else ""

    @property
    def quiet(self) -> str:
        """Where mails are turned off."""
        return f"{self.origin}/tasks/quiet/" if self.origin else ""


@dataclass(frozen=True, slots=True)
class Said:
    """A message in words."""

    subject: str
    text: str
    html: str


def day_in_words(on: date) -> str:
    """A day as 30 November 2026."""
    return f"{on.day} {on:%B %Y}"


def said(words: str, due_on: date | None, link: str, site: Site, subject: str = "") -> Said:
    """A mail. `subject` in place of the words' own is one of ours too."""
    from django.utils.html import format_html, format_html_join  # noqa: PLC0415  (Django stays out of start-up)

    subject = subject or TASKS[words].subject
    lines = [f"{subject}."]
    lines += [f"By {day_in_words(due_on)}."] if due_on else []
    lines += ["Open it here:" if link else "Sign in to Courtside to see it; it is among your tasks."]
    why = [f"You get this because you have an account in Courtside at {_one_line(site.firm)}. It does not say what it "
           "is about: that stands behind the sign-in."]  # fmt: skip
    quiet = "" if TASKS[words].is_compulsory else site.quiet
    if quiet:
        why.append("Mails of this kind can be turned off here:")
    text = [*lines, *([link] if link else []), "", *why, *([quiet] if quiet else [])]
    html = format_html(
        "<!doctype html><html lang=\"en\"><body>{}{}{}{}</body></html>",
        format_html_join("", "<p>{}</p>", ((line,) for line in lines)),
        format_html('<p><a href="{0}">{0}</a></p>', link) if link else "",
        format_html_join("", "<p><small>{}</small></p>", ((line,) for line in why)),
        format_html('<p><small><a href="{0}">{0}</a></small></p>', quiet) if quiet else "",
    )  # fmt: skip
    return Said(subject, "\n".join(text) + "\n", str(html))


def _one_line(text: str) -> str:
    return " ".join(text.split())
