"""What a connector is: it recognises files by their headers and says how to read them as record tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

EXTRA = "extra."
"""Prefix of the field that keeps a column no record table has."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a cell, a row or a file cannot be taken in, and what mends it.

    `reason` is a code such as `not_a_date`; `mend` is a sentence. A refusal without a column is about the
    row; one without a line is about the file. Lines are those a text editor shows; of a Parquet file, rows.
    """

    file: str
    sheet: str | None
    line: int | None
    column: str | None
    value: str | None
    reason: str
    mend: str


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A refusal of a row, with the cells the row came with and the id it has, as far as they are known."""

    table: str
    refusal: Refusal
    cells: Mapping[str, str]
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """Something odd in the data that is not a reason to refuse it."""

    code: str
    table: str
    count: int
    examples: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell of a file that holds no value: a formula that failed, say. `value` is what stands there instead."""

    line: int
    column: str
    value: str
    reason: str
    mend: str


@dataclass(frozen=True, slots=True)
class Source:
    """One file to be read into one record table.

    `header` names every column of the file in its order; `columns` says which of them is which field
    (`extra.X` for those no record table has). `constants` are values for fields the file lacks.
    `format` `lines` is JSON, an object a row: `c0`, `c1` … in the order of `header`, and `line`.
    With `line_column`, that column holds the line a row had in the file the person knows.
    `faults` are cells of a `lines` file: a row with one in a column that is used is refused.
    `decimal` is the mark numbers have before their decimals, `.` or `,`; None if nobody has said so: then a column
    that can be read in two ways, `1.234`, is refused.
    """

    table: str
    path: Path
    shown_as: str
    format: Literal["csv", "parquet", "lines"]
    header: tuple[str, ...]
    columns: Mapping[str, str]
    line_column: str | None = None
    constants: Mapping[str, str] = field(default_factory=dict)
    delimiter: str = ","
    sheet: str | None = None
    faults: tuple[Fault, ...] = ()
    decimal: str | None = "."
    called: Mapping[str, str] = field(default_factory=dict)
    """What a column of a file made for the intake is called in the file the person knows, where that differs."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a connector makes of some files.

    `refusals` concern whole files, `refused_rows` single rows; `fixed` names, for each table, the fields
    that are settled when a case opens. `notes` are sentences on what was passed over, such as a hidden sheet.
    """

    sources: tuple[Source, ...]
    quality: tuple[Quality, ...] = ()
    fixed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()
    refused_rows: tuple[RefusedRow, ...] = ()
    notes: tuple[str, ...] = ()
    set_aside: tuple[RefusedRow, ...] = ()
    """Rows the source is known to have too many of: kept in the batch, out of every figure, no reason to refuse it."""


class Adapter(Protocol):
    """A connector. Distributions offer theirs through the entry point group `courtside.connectors`."""

    @property
    def name(self) -> str:
        """What `--connector` calls it."""
        ...

    @property
    def label(self) -> str:
        """What people call the system it reads."""
        ...

    def recognises(self, headers: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether these files (name -> header) are an export it reads. A sheet is called `firm.xlsx/leads`."""
        ...

    def read(self, paths: Sequence[Path], scratch: Path, answers: Mapping[str, str]) -> Reading:
        """How to read the files. `scratch` is an empty folder for files of its own; `answers` settle ambiguities."""
        ...
