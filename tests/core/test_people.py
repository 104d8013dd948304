"""On every day at most one assignment counts: the latest begun, until it runs out or a newer one begins."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from courtside.records.people import Assignment, assignment_on, spans

START = date(2017, 1, 1)
DAYS = st.integers(0, 60).map(lambda n: START + timedelta(days=n))
ASSIGNMENTS = st.builds(Assignment, st.sampled_from(["P1", "P2"]), DAYS, st.none() | DAYS, st.sampled_from("ABC"))


def test_a_newer_assignment_ends_the_one_before_whatever_its_last_day_was() -> None:
    rows = [
        Assignment("P1", date(2017, 1, 1), date(2017, 12, 31), team="North"),
        Assignment("P1", date(2017, 6, 1), None, team="South"),
    ]
    assert [(s.starts_on, s.ends_on, s.assignment.team) for s in spans(rows)] == [
        (date(2017, 1, 1), date(2017, 6, 1), "North"),
        (date(2017, 6, 1), None, "South"),
    ]


def test_the_last_day_of_an_assignment_is_included_and_an_older_one_does_not_come_back() -> None:
    rows = [
        Assignment("P1", date(2017, 1, 1), None, team="North"),
        Assignment("P1", date(2017, 6, 1), date(2017, 6, 30), team="South"),
    ]
    assert assignment_on(rows, date(2017, 5, 31)) == rows[0]
    assert assignment_on(rows, date(2017, 6, 30)) == rows[1]
    assert assignment_on(rows, date(2017, 7, 1)) is None
    assert assignment_on(rows, date(2016, 12, 31)) is None


@given(st.lists(ASSIGNMENTS, max_size=8, unique_by=lambda row: (row.person_id, row.valid_from)), DAYS)
def test_the_span_holding_a_day_is_the_assignment_that_counts_on_it(rows: list[Assignment], day: date) -> None:
    for person_id in ("P1", "P2"):
        own = [row for row in rows if row.person_id == person_id]
        holding = [
            span.assignment
            for span in spans(rows)
            if span.person_id == person_id and span.starts_on <= day and (span.ends_on is None or day < span.ends_on)
        ]
        counts = assignment_on(own, day)
        assert holding == ([counts] if counts else [])
