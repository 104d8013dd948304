"""The reference pages say what the declarations say."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from courtside.records.tables import TABLES

GATES = ("reference pages up to date", "links between pages followed", "worked figures computed")


@pytest.fixture(scope="module")
def reference(project_root: Path) -> ModuleType:
    """docs/build_reference.py as a module."""
    spec = importlib.util.spec_from_file_location("build_reference", project_root / "docs" / "build_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_page_is_what_the_declarations_say_now(
    reference: ModuleType, project_root: Path, counted: Callable[[str, int], None]
) -> None:
    pages = reference.written()

    assert [str(path.relative_to(project_root)) for path in reference.stale(pages)] == [], "run `make docs`"
    counted("reference pages up to date", len(pages))


def test_a_page_somebody_changed_by_hand_is_stale(reference: ModuleType, tmp_path: Path) -> None:
    page = tmp_path / "tables.md"
    page.write_text("by hand\n")

    assert reference.stale({page: "declared\n", tmp_path / "missing.md": ""}) == [page, tmp_path / "missing.md"]


def test_every_worked_figure_is_computed_and_shown(
    reference: ModuleType, project_root: Path, counted: Callable[[str, int], None]
) -> None:
    worked, page = reference._worked(), reference.METHODS.read_text(encoding="utf-8")
    assert set(worked.names_in(page)) == set(worked.FIGURES)
    changed = re.sub(r"(<!--figure gap-->)[^<]*", r"\1-20,771", page, count=1)
    assert changed != page
    assert reference.stale({reference.METHODS: worked.filled(changed)}) == []
    altered = project_root / "docs" / "methods.md"
    assert reference.stale({altered: changed}) == [altered], "a figure somebody typed is taken for a computed one"
    counted("worked figures computed", len(worked.FIGURES))


def test_every_record_table_and_column_is_on_its_page(project_root: Path) -> None:
    page = (project_root / "docs" / "reference" / "tables.md").read_text(encoding="utf-8")

    for table in TABLES.values():
        section = page.split(f"\n## {table.name}\n", 1)[1].split("\n## ", 1)[0]
        assert [name for name in table.names if f"`{name}`" not in section] == []


def test_every_link_between_pages_leads_somewhere(project_root: Path, counted: Callable[[str, int], None]) -> None:
    pages = [*project_root.glob("*.md"), *(project_root / "docs").rglob("*.md")]
    broken, followed = [], 0
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            followed += 1
            if not target.startswith("http") and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(project_root)}: {target}")

    assert broken == []
    counted("links between pages followed", followed)
