"""Definitions: a changed block is a draft until it is published; figures use the version in force."""

from __future__ import annotations

from tests.asking import Asking

OWN = """
- metric: long_calls
  label: Long calls
  rung: activity
  question: How many calls of five minutes or more did this person make?
  unit: count
  direction: up
  measure: {from: activities, take: count, where: "kind = 'call' and duration_s >= 300", date: at}
  example:
    given:
      activities: [{person_id: P1, at: 2026-11-16T09:00, kind: call, duration_s: 400}]
    then: {P1: {2026-W47: 1}}
"""
RANGE = ("--from", "2026-01-01", "--to", "2026-02-28")


def _write(asking: Asking, text: str) -> None:
    (asking.workspace / "packs" / "own.yaml").write_text(text)


def test_a_new_block_is_a_draft_until_it_is_published(full: Asking) -> None:
    _write(full, OWN)
    refused = full.run("metric", "long_calls", *RANGE)
    assert refused.status == 1
    assert "long_calls is a draft" in refused.said
    assert "own.yaml:2:3" in refused.said
    reply = full.run("metrics", "--format", "json")
    assert "long_calls is a draft (new)" in reply.notes
    doctor = full.run("doctor", "--format", "json")
    assert doctor.status == 0
    assert any(row["check"] == "drafts" and "long_calls" in row["found"] for row in doctor.rows)
    (made,) = full.rows("metrics", "publish")
    assert (made["metric"], made["version"]) == ("long_calls", 1)
    assert full.metric("long_calls", *RANGE)["value"] == 38


def test_figures_use_the_version_in_force_until_the_change_is_published(full: Asking) -> None:
    _write(full, OWN)
    full.rows("metrics", "publish", "long_calls")
    before = full.metric("long_calls", *RANGE)["value"]
    _write(full, OWN.replace(">= 300", ">= 6000").replace("duration_s: 400", "duration_s: 6000"))
    assert full.metric("long_calls", *RANGE)["value"] == before
    (row,) = [row for row in full.rows("metrics") if row["metric"] == "long_calls"]
    assert row["state"] == "in force, changed on disk"
    (made,) = full.rows("metrics", "publish")
    assert made["version"] == 2
    assert full.metric("long_calls", *RANGE)["value"] < before
    assert full.rows("metrics", "publish") == []


def test_a_mistake_in_a_block_is_refused_with_its_place_and_nothing_is_published(full: Asking) -> None:
    _write(full, OWN.replace("rung: activity", "rung: activty").replace("take: count", "take: cuont"))
    reply = full.run("metrics", "publish")
    assert reply.status == 1
    assert "own.yaml:4:9" in reply.said
    _write(full, "- metric: [")
    broken = full.run("metrics", "publish")
    assert broken.status == 1
    assert "own.yaml:" in broken.said
    assert full.run("doctor").status == 1
    assert full.run("metrics", "--format", "json").status == 0
    assert full.metric("dials", *RANGE)["value"] is not None


def test_publishing_what_is_no_draft_is_refused(full: Asking) -> None:
    _write(full, OWN)
    reply = full.run("metrics", "publish", "long_call")
    assert reply.status == 1
    assert "nearest: long_calls" in reply.said


def test_one_definition_names_who_uses_it(full: Asking) -> None:
    (row,) = full.rows("metrics", "new_leads")
    assert row["rung"] == "input"
    assert "closing_rate" in row["used_by"]
    assert row["block"]["metric"] == "new_leads"
    assert row["version"] == 1
    assert full.run("metrics", "new_leads").status == 0
    unknown = full.run("metrics", "new_lead")
    assert unknown.status == 1
    assert "nearest: new_leads" in unknown.said


def test_a_published_version_is_logged(full: Asking) -> None:
    _write(full, OWN)
    full.rows("metrics", "publish")
    from courtside.store.audit import acts

    (act,) = acts("publish_metrics")
    assert [(made["metric"], made["version"]) for made in act.detail["metrics"]] == [("long_calls", 1)]
