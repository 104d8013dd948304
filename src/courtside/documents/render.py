"""Printing a frozen document as a tagged PDF: the same data gives the same bytes.

The typesetter brings its fonts; the machine's are looked at only for scripts those have no good shapes for.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from typing import Any

from courtside.documents.confined import compile_apart
from courtside.documents.faults import DocumentError, Place
from courtside.documents.freeze import Frozen
from courtside.documents.printed import printed
from courtside.documents.template import PARTS, Template

_AT = re.compile(r"\.typ:(\d+):(\d+)")
_COUNT = re.compile(rb"/Type/Pages(?:/Parent \d+ 0 R)?/Count (\d+)")
MARKS = ("", "Draft", "Sample")
_COVERED = re.compile(r"[\u0000-\u052f\u0590-\u05ff\u1e00-\u20cf\u2100-\u23ff\u25a0-\u25ff\ufb1d-\ufb4f]*")
"""Latin, Greek, Cyrillic, Hebrew and signs: what the typesetter's own fonts have good shapes for."""


def render(frozen: Frozen, mark: str = "") -> bytes:
    """A frozen document as a PDF. `mark` (Draft, Sample) is printed on every page.

    Raises DocumentError where a firm's own template is wrong (file, line and column), takes too long or too much
    memory, or fills more pages than it says.
    """
    template = frozen.template
    told = {
        "label": template.label, "title": f"Document {frozen.record}", "record": frozen.record, "mark": mark,
        "sha256": frozen.sha256, "version": template.version, "statement": template.statement,
        "statement_version": template.statement_version, "template": template.name,
    }  # fmt: skip
    pdf = typeset(template.source, printed(frozen.data), told, file=template.file, is_own=template.is_own)
    _refuse_too_many(template, pages_of(pdf))
    return pdf


def typeset(
    source: str, field: Mapping[str, Any], told: Mapping[str, Any], *, file: str, is_own: bool = False
) -> bytes:
    """Typst with the shared parts before it, as a PDF. Data goes in as JSON and is never markup.

    Raises DocumentError with the place in `file`.
    """
    parts = PARTS.read_text("utf-8")
    inputs = {"field": json.dumps(field, ensure_ascii=False), "doc": json.dumps(told, ensure_ascii=False)}
    whole = f"{parts}\n{source}".encode()
    wrong = compile_apart(whole, inputs) if is_own else _compile_here(whole, inputs)
    if isinstance(wrong, bytes):
        return wrong
    raise _fault(wrong, parts.count("\n") + 1, file)


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF of the typesetter has."""
    found = [int(one) for one in _COUNT.findall(pdf)]
    if not found:
        raise DocumentError("the typesetter's PDF has no list of pages")
    return max(found)


def needs_other_fonts(text: str) -> bool:
    """Whether a text has characters the typesetter's own fonts have no shapes for: the machine's are used then."""
    return _COVERED.fullmatch(text) is None


def _compile_here(source: bytes, inputs: dict[str, str]) -> bytes | str:
    """The PDF, or what the typesetter says is wrong."""
    import typst  # noqa: PLC0415  (a large library, for documents alone)

    with tempfile.TemporaryDirectory(prefix="courtside-print-") as nothing:
        try:
            compiler = typst.Compiler(
                root=nothing, ignore_system_fonts=not needs_other_fonts("".join(inputs.values())),
                package_path=nothing, package_cache_path=nothing,
            )  # fmt: skip
            pdf = compiler.compile(source, format="pdf", sys_inputs=inputs, timestamp=0)
            return pdf if isinstance(pdf, bytes) else "the typesetter printed nothing"
        except typst.TypstError as error:
            return str(error.diagnostic or error)


def _fault(diagnostic: str, lines_before: int, file: str) -> DocumentError:
    message = diagnostic.splitlines()[0].removeprefix("error: ")
    for line, column in _AT.findall(diagnostic):
        if int(line) > lines_before:
            return DocumentError(message, Place(file, int(line) - lines_before, int(column)))
    return DocumentError(message, Place(file, 1, 1))


def _refuse_too_many(template: Template, pages: int) -> None:
    if pages > template.about.pages:
        raise DocumentError(
            f"{pages} pages are more than the {template.about.pages} this document may have; shorten the texts",
            template.name,
        )
