"""However a file is repeated, shuffled, cut or laid out, the same rows are living and faults have their line."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taking_in import Workspace

GATES = ("orders of import compared", "faults found on their line")

HEADER = ("activity_id", "person_id", "at", "kind", "outcome", "remark")
PEOPLE = "person_id,name\nP1,Rae Holt\nP2,Tom Aziz\n"
REMARKS = ("", "x", 'said "yes"', "a, b", "two\nlines", 'three\n\n"quoted"\nlines', "a,b,c,d,e,f\nA9,P1,bad,row")
quick = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

rows = st.lists(
    st.tuples(
        st.integers(1, 30),
        st.sampled_from(("P1", "P2")),
        st.datetimes().map(lambda at: f"{at.replace(year=2026, microsecond=0):%Y-%m-%dT%H:%M:%S}"),
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


@settings(quick, max_examples=6)
@given(rows, st.randoms(use_true_random=False))
def test_any_order_of_imports_ends_in_the_same_records(
    counted: Callable[[str, int], None], rows: list[tuple[object, ...]], random: Random
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        people = write(folder, "people", PEOPLE)
        whole = write(folder, "activities", csv_of(rows))
        shuffled = random.sample(rows, len(rows))
        cut = len(rows) // 2
        ways = {
            "once": [[people, whole]],
            "thrice": [[people, whole]] * 3,
            "shuffled": [[people], [write(folder, "activities-shuffled", csv_of(shuffled))], [whole]],
            "overlapping": [
                [people, write(folder, "activities-1", csv_of(rows[: cut + 1]))],
                [people, write(folder, "activities-2", csv_of(rows[cut:]))],
            ],
            "cut and resumed": [
                [people, write(folder, "activities-3", csv_of(rows)[: -len(csv_of(rows)) // 3])],
                [people, whole],
            ],
        }
        found = {}
        for way, imports in ways.items():
            root = folder / way
            root.mkdir()
            workspace = Workspace(root)
            for paths in imports:
                workspace.take_in(paths, set_aside=True)
            found[way] = workspace.living()
    assert all(living == found["once"] for living in found.values())
    counted("orders of import compared", len(found))


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
