"""However a file is repeated, shuffled, cut or laid out, the same rows are living and faults have their line."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from random import Random

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from books import book
from courtside.records.tables import TABLES
from courtside.warehouse.batches import known, living, living_texts
from taking_in import Workspace

GATES = (
    "ways of bringing the same rows compared",
    "broken twins of a way caught",
    "faults found on their line",
)
CASES = 300
"""Ways of bringing rows that are compared in all."""

Row = tuple[object, ...]

HEADER = ("activity_id", "person_id", "at", "kind", "outcome", "remark")
PEOPLE = "person_id,name\nP1,Rae Holt\nP2,Tom Aziz\n"
REMARKS = ("", "x", 'said "yes"', "a, b", "two\nlines", 'three\n\n"quoted"\nlines', "a,b,c,d,e,f\nA9,P1,bad,row")
quick = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])

rows = st.lists(
    st.tuples(
        st.integers(1, 30),
        st.sampled_from(("P1", "P2")),
        st.builds(datetime.combine, st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.times()).map(
            lambda at: f"{at:%Y-%m-%dT%H:%M:%S}"
        ),
        st.sampled_from(("call", "email")),
        st.sampled_from(("", "connected")),
        st.sampled_from(REMARKS[:4]),
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda row: row[0],
)


def cell(text: object) -> str:
    value = str(text)
    return '"' + value.replace('"', '""') + '"' if set(value) & set('",\n\r') else value


def csv_of(rows: Sequence[Sequence[object]]) -> str:
    return "".join(",".join(map(cell, row)) + "\n" for row in (HEADER, *rows))


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / f"{name}.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def living_rows(workspace: Workspace) -> list[dict[str, object]]:
    """The living activities with their remarks: what a whole `living()` says, at a fifth of the time."""
    table, batches = TABLES["activities"], known(workspace.batches, None)
    with duckdb.connect() as engine:
        facts = engine.execute(f"SELECT * EXCLUDE (_batch) FROM ({living(table, batches, workspace.root)}) ORDER BY 1")
        names = [column[0] for column in facts.description]
        found = [dict(zip(names, row, strict=True)) for row in facts.fetchall()]
        texts = engine.execute(f"SELECT id, value FROM ({living_texts(table, batches, workspace.root)})").fetchall()
    remarks = dict(texts)
    return [{**row, "remark": remarks.get(row["activity_id"])} for row in found]


def _pieces(folder: Path, rows: Sequence[Row], random: Random) -> list[Path]:
    """The rows in three files, of which one repeats some of the others, each in an order of its own."""
    cut = len(rows) // 2
    some = random.sample(rows, random.randint(0, len(rows)))
    parts = [random.sample(part, len(part)) for part in (rows[:cut], rows[cut:], some)]
    found = [write(folder, f"activities-p{number}", csv_of(part)) for number, part in enumerate(parts)]
    return random.sample(found, len(found))


def _sheets(folder: Path, rows: Sequence[Row]) -> Path:
    path = folder / "firm.xlsx"
    path.write_bytes(book({"activities": [HEADER, *([str(cell) for cell in row] for row in rows)]}))
    return path


def _from_nothing(folder: Path, rows: Sequence[Row], random: Random) -> dict[str, list[list[Path]]]:
    """Ways to bring the rows into an empty workspace: for each, the imports one after the other."""
    people = write(folder, "people", PEOPLE)
    text = csv_of(rows)
    whole = write(folder, "activities", text)
    return {
        "once": [[people, whole]],
        "in pieces that overlap": [[people, piece] for piece in _pieces(folder, rows, random)],
        "cut and resumed": [[people, write(folder, "activities-cut", text[: -len(text) // 3])], [people, whole]],
        "as a workbook": [[people, _sheets(folder, rows)]],
    }


def _again(folder: Path, rows: Sequence[Row], random: Random) -> dict[str, list[Path]]:
    """What may be brought again into the workspace that holds everything, without changing it."""
    backwards = write(folder, "activities-shuffled", csv_of(random.sample(rows, len(rows))))
    return {
        "the same file": [folder / "people.csv", folder / "activities.csv"],
        "the same file a third time": [folder / "activities.csv", folder / "people.csv"],
        "shuffled": [backwards],
        "twice at once": [backwards, folder / "activities.csv"],
        "the first half": [folder / "activities-p0.csv"],
    }


def _imported(root: Path, imports: Sequence[Sequence[Path]]) -> Workspace:
    root.mkdir()
    workspace = Workspace(root)
    for paths in imports:
        workspace.take_in(paths, set_aside=True)
    return workspace


@settings(quick, max_examples=CASES // 8 + 1)
@given(rows, st.randoms(use_true_random=False))
def test_however_rows_are_brought_the_same_records_are_living(
    counted: Callable[[str, int], None], rows: list[Row], random: Random
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ways = _from_nothing(folder, rows, random)
        workspaces = {way: _imported(folder / way, imports) for way, imports in ways.items()}
        once = workspaces.pop("once")
        found = {way: living_rows(workspace) for way, workspace in workspaces.items()}
        expected = living_rows(once)
        for way, paths in _again(folder, rows, random).items():
            outcome = once.take_in(paths)
            assert (outcome.created, outcome.updated, len(outcome.refusals)) == (0, 0, 0), way
            found[way] = living_rows(once)
    assert len(expected) == len(rows)
    assert [way for way, living in found.items() if living != expected] == []
    counted("ways of bringing the same rows compared", len(found))


def test_a_way_that_brings_other_rows_is_caught(tmp_path: Path, counted: Callable[[str, int], None]) -> None:
    """The comparison sees one row too few, one too many and one that differs."""
    people = write(tmp_path, "people", PEOPLE)
    rows: list[Row] = [(n, "P1", "2026-03-02T09:00:00", "call", "", "x") for n in range(3)]
    changed = [*rows[:2], (2, "P1", "2026-03-02T09:00:00", "call", "", "y")]
    twins = {"fewer": rows[:2], "more": [*rows, (3, *rows[0][1:])], "other": changed}
    expected = _imported(tmp_path / "all", [[people, write(tmp_path, "activities", csv_of(rows))]])
    for name, twin in twins.items():
        imports = [[people, write(tmp_path, f"activities-{name}", csv_of(twin))]]
        other = _imported(tmp_path / name, imports)
        assert living_rows(other) != living_rows(expected)
        assert other.living() != expected.living()
        counted("broken twins of a way caught", 1)


@quick
@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from(REMARKS), st.integers(0, 2)), min_size=1, max_size=20),
    st.sampled_from(("\n", "\r\n")),
    st.booleans(),
    st.booleans(),
)
def test_a_fault_has_the_line_an_editor_shows(
    counted: Callable[[str, int], None],
    rows: list[tuple[bool, str, int]],
    end: str,
    has_mark: bool,
    is_finished: bool,
) -> None:
    """Rows are good or bad, with remarks over several lines, and blank lines after them."""
    text = ",".join(HEADER) + end
    bad: list[int] = []
    for number, (is_bad, remark, blanks) in enumerate(rows):
        if is_bad:
            bad.append(text.count(end) + text.replace(end, "").count("\n") + 1)
        at = "soon" if is_bad else "2026-03-02"
        text += ",".join((f"A{number}", "P1", at, "call", "", cell(remark))) + end * (1 + blanks)
    if not is_finished:
        text = text.rstrip("\r\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        people = write(folder, "people", PEOPLE)
        path = write(folder, "activities", b"\xef\xbb\xbf" * has_mark + text.encode())

        outcome = Workspace(folder).take_in([people, path])

    assert [(r.line, r.column, r.value) for r in outcome.refusals] == [(line, "at", "soon") for line in bad]
    counted("faults found on their line", len(bad))


@quick
@given(st.lists(st.sampled_from(("good", "short", "long", "bad", "blank")), min_size=1, max_size=30), st.booleans())
def test_rows_of_the_wrong_width_do_not_move_the_lines_of_others(kinds: list[str], has_quotes: bool) -> None:
    remark = '"x ""y"""' if has_quotes else "x"
    lines = {
        "good": f"A{{}},P1,2026-03-02,call,,{remark}",
        "short": "A{},P1",
        "long": "A{},P1,2026-03-02,call,,x,y,z",
        "bad": "A{},P1,2026-03-02,call,,x".replace("2026-03-02", "2026-99-02"),
        "blank": "",
    }
    text = "\n".join([",".join(HEADER), *(lines[kind].format(n) for n, kind in enumerate(kinds))]) + "\n"
    reasons = {"short": "uneven_row", "long": "uneven_row", "bad": "not_a_date"}
    expected = [(n, reasons[kind]) for n, kind in enumerate(kinds, start=2) if kind in reasons]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = [write(folder, "people", PEOPLE), write(folder, "activities", text)]

        outcome = Workspace(folder).take_in(paths)

    assert [(r.line, r.reason) for r in outcome.refusals] == expected
