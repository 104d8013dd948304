"""The parts of a workbook beside its sheets: what sheets there are, the shared texts, the number formats."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from courtside.connectors.workbook import limits
from courtside.connectors.workbook.text import PLAIN, Shape, shape_of, unescaped

Attributes = Mapping[str, str]
Start = Callable[[str, Attributes], None]
End = Callable[[str], None]


class Broken(Exception):
    """The workbook does not hold together; the text says how."""


class TooLarge(Exception):
    """The workbook is beyond a limit; the text says which."""


class LocalNames(dict[str, str]):
    """The names of elements without the prefix some programs write before them, made once each."""

    def __missing__(self, tag: str) -> str:
        name = self[tag] = tag.rsplit(":", 1)[-1]
        return name


def _no_declarations(*_: object) -> None:
    raise Broken("it declares entities, which no spreadsheet program writes")


def new_parser() -> expat.XMLParserType:
    """A parser that refuses declarations of entities."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_declarations
    parser.EntityDeclHandler = _no_declarations
    return parser


def run(parser: expat.XMLParserType, stream: IO[bytes]) -> None:
    """Read a part to its end. Raises Broken."""
    try:
        parser.ParseFile(stream)
    except expat.ExpatError as error:
        raise Broken(f"part of it is no XML ({expat.ErrorString(error.code)})") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError):
        raise Broken("it is damaged or only part of a file") from None


def too_deep() -> Broken:
    """What is raised for elements inside one another without end."""
    return Broken(f"its elements stand more than {limits.DEPTH} deep inside one another")


def parse(stream: IO[bytes], start: Start, end: End | None = None, text: Callable[[str], None] | None = None) -> None:
    """Read XML, names without their prefixes. Raises Broken."""
    local, depth = LocalNames(), 0

    def begin(tag: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > limits.DEPTH:
            raise too_deep()
        start(local[tag], attributes)

    def finish(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(local[tag])

    parser = new_parser()
    parser.StartElementHandler, parser.EndElementHandler = begin, finish
    if text is not None:
        parser.CharacterDataHandler = text
    run(parser, stream)


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet as the workbook lists it."""

    name: str
    part: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Book:
    """What the workbook part says: sheets, the first day of dates, whether formulas are still to be calculated."""

    sheets: tuple[SheetPart, ...]
    is_1904: bool
    is_uncalculated: bool
    texts: str | None
    styles: str | None


@dataclass(slots=True)
class _Listed:
    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    is_1904: bool = False
    is_uncalculated: bool = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "sheet":
            link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            is_hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", ""), link, is_hidden))
        elif name == "workbookPr":
            self.is_1904 = _is_on(attributes.get("date1904"))
        elif name == "calcPr":
            self.is_uncalculated = _is_on(attributes.get("fullCalcOnLoad"))


def _is_on(value: str | None) -> bool:
    return value in ("1", "true", "on")


class Archive:
    """The parts of the file by their names, whatever case those are written in."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self._names = {name.lower(): name for name in file.namelist()}

    def open(self, part: str) -> IO[bytes]:
        """A part to read. Raises Broken if it is missing."""
        name = self._names.get(part.lower())
        if name is None:
            raise Broken(f"it lacks the part {part}")
        try:
            return self._file.open(name)
        except OSError:  # a place in the file where nothing can be
            raise Broken(f"its part {part} is not where its directory says") from None

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return part.lower() in self._names

    def links(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to: id -> (the last word of the kind, the part)."""
        folder, name = posixpath.split(part)
        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, tuple[str, str]] = {}

        def start(element: str, attributes: Attributes) -> None:
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                kind = attributes.get("Type", "").rsplit("/", 1)[-1]
                target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
                found[attributes.get("Id", "")] = (kind, target.lstrip("/"))

        if self.has(listed):
            with self.open(listed) as stream:
                parse(stream, start)
        return found

    def book(self) -> Book:
        """The workbook part."""
        main = next((part for kind, part in self.links("").values() if kind == "officeDocument"), "xl/workbook.xml")
        listed = _Listed()
        with self.open(main) as stream:
            parse(stream, listed.start)
        links = self.links(main)
        kinds = {kind: part for kind, part in links.values()}
        sheets = tuple(
            SheetPart(name, links[link][1], is_hidden)
            for name, link, is_hidden in listed.sheets
            if link in links and links[link][0] == "worksheet"
        )
        return Book(sheets, listed.is_1904, listed.is_uncalculated, kinds.get("sharedStrings"), kinds.get("styles"))


class _Texts:
    """Gathers shared texts: runs are joined, readings of characters left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._parts: list[str] = []
        self._is_in_text = False
        self._is_in_reading = False

    def start(self, name: str, _: Attributes) -> None:
        if name == "t":
            self._is_in_text = not self._is_in_reading
        elif name == "rPh":
            self._is_in_reading = True
        elif name == "si":
            self._parts = []

    def end(self, name: str) -> None:
        if name == "t":
            self._is_in_text = False
        elif name == "rPh":
            self._is_in_reading = False
        elif name == "si":
            self.found.append(unescaped("".join(self._parts)))

    def text(self, text: str) -> None:
        if self._is_in_text:
            self._parts.append(text)


def shared_texts(archive: Archive, book: Book) -> list[str]:
    """The texts cells refer to by number."""
    texts = _Texts()
    if book.texts is not None and archive.has(book.texts):
        with archive.open(book.texts) as stream:
            parse(stream, texts.start, texts.end, texts.text)
    return texts.found


@dataclass(slots=True)
class _Styles:
    codes: dict[int, str] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)
    is_in_cells: bool = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            self.codes[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.is_in_cells = True
        elif name == "xf" and self.is_in_cells:
            self.numbers.append(_whole(attributes.get("numFmtId")))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self.is_in_cells = False


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def shapes(archive: Archive, book: Book) -> list[Shape]:
    """How the numbers of each cell style are shown; plain ones are PLAIN itself."""
    styles = _Styles()
    if book.styles is not None and archive.has(book.styles):
        with archive.open(book.styles) as stream:
            parse(stream, styles.start, styles.end)
    found = [shape_of(number, styles.codes.get(number)) for number in styles.numbers]
    return [PLAIN if shape == PLAIN else shape for shape in found]
