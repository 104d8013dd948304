"""Templates of documents: a folder each, with `about.yaml` and one typst file that prints known placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from courtside.documents.about import About, read_about
from courtside.documents.faults import DocumentError, Place
from courtside.metrics.errors import did_you_mean, nearest

BUILT_IN = Path(__file__).with_name("templates")
PARTS = BUILT_IN / "parts.typ"
_FIELD = re.compile(r"(?<![.\w-])field\b(?:\.([a-z][a-z0-9_]*))?")
_LONGEST_SOURCE = 64_000


@dataclass(frozen=True, slots=True)
class Template:
    """A template that has been read: what it is about, and the typst that prints it.

    `is_own`: a firm's own, compiled apart with limits. `file` is where the typst stands, for its mistakes.
    """

    about: About
    source: str
    file: str
    is_own: bool = False

    @property
    def name(self) -> str:
        """Its folder's name."""
        return self.about.name

    @property
    def label(self) -> str:
        """What it is called in sentences."""
        return self.about.label

    @property
    def version(self) -> int:
        """Counted up with every change of what it prints."""
        return self.about.version

    @property
    def plans(self) -> tuple[str, ...]:
        """The kinds of plan it is for."""
        return self.about.plans

    @property
    def parties(self) -> tuple[str, ...]:
        """Who is asked to sign it."""
        return self.about.parties

    @property
    def statement(self) -> str:
        """What a signature under it says."""
        return self.about.statement

    @property
    def statement_version(self) -> int:
        """Counted up with every change of the statement."""
        return self.about.statement_version

    @property
    def placeholders(self) -> tuple[str, ...]:
        """What it prints."""
        return self.about.placeholders

    @property
    def sha256(self) -> str:
        """The hash of all that decides what it prints: its typst, the parts it shares, and its fixed texts."""
        told = (PARTS.read_text("utf-8"), self.source, repr(self.about.fixed))
        return sha256("\0".join(told).encode()).hexdigest()


def templates(own: Path | None = None) -> Mapping[str, Template]:
    """Every template by name: the built-in ones, and a firm's own folder of the same shape, which wins.

    Raises DocumentError with file, line and column.
    """
    found = dict(_built_in())
    if own is not None and own.is_dir():
        found |= {template.name: template for template in _folders(own, is_own=True)}
    return MappingProxyType(found)


def read_template(folder: Path, *, is_own: bool = False) -> Template:
    """The template in a folder. Raises DocumentError with file, line and column."""
    about = read_about(folder / "about.yaml", folder.name)
    file = folder / f"{folder.name}.typ"
    if not file.is_file():
        raise DocumentError(f"{file.name} is missing; it is the typst that prints the document", Place(str(file), 1, 1))
    try:
        source = file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError(f"not UTF-8: {error.reason}", Place(str(file), 1, 1)) from None
    if len(source) > _LONGEST_SOURCE:
        raise DocumentError(f"{len(source):,} characters are too many for a template", Place(str(file), 1, 1))
    template = Template(about, source, str(file), is_own)
    _check_fields(template)
    return template


@cache
def _built_in() -> Mapping[str, Template]:
    return {template.name: template for template in _folders(BUILT_IN, is_own=False)}


def _folders(root: Path, *, is_own: bool) -> Iterator[Template]:
    for folder in sorted(root.iterdir()):
        if folder.is_dir() and not folder.name.startswith((".", "_")):
            yield read_template(folder, is_own=is_own)


def _check_fields(template: Template) -> None:
    """Every `field.NAME` is one that `about.yaml` lists, and every one listed is printed. Raises DocumentError."""
    used: set[str] = set()
    for line_number, line in enumerate(template.source.splitlines(), start=1):
        for match in _FIELD.finditer(line):
            place = Place(template.file, line_number, match.start() + 1)
            used.add(_checked(match.group(1), template.placeholders, place))
    for name in template.placeholders:
        if name not in used:
            raise DocumentError(
                f"about.yaml lists {name}, and nothing prints it; write #field.{name}, or take it from the list",
                Place(template.file, 1, 1),
            )


def _checked(name: str | None, listed: tuple[str, ...], place: Place) -> str:
    if name is None:
        raise DocumentError("`field` alone prints nothing; write field.NAME with a name from about.yaml", place)
    if name not in listed:
        hint = did_you_mean(nearest(name, listed))
        raise DocumentError(f"there is no placeholder {name!r} in about.yaml{hint}", place)
    return name
