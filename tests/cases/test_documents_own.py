"""A firm's own templates: printed apart with limits, refused with the place of a mistake, and held off everything."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from courtside.documents.confined import compile_apart
from courtside.documents.faults import DocumentError
from courtside.documents.freeze import freeze, thaw
from courtside.documents.render import render
from courtside.documents.samples import sample
from courtside.documents.template import read_template, templates

GATES = ("wrong templates refused", "hostile templates stopped")


def unchanged(about: str) -> str:
    """An `about.yaml` as it is."""
    return about


def own_folder(
    root: Path,
    about: Callable[[str], str] = unchanged,
    typst: str = "#show: letter\n#field.person #field.record\n",
) -> Path:
    """A firm's template called `letter_one`."""
    folder = root / "letter_one"
    folder.mkdir(parents=True)
    plain = """name: letter_one
label: Our letter
version: 1
for:
  plans: [coaching]
  stage: any
parties: [rep]
statement:
  version: 1
  text: I have read this.
placeholders: [record, person]
pages: 2
"""
    (folder / "about.yaml").write_text(about(plain))
    (folder / "letter_one.typ").write_text(typst)
    return folder


def test_a_firm_brings_templates_of_its_own(tmp_path: Path) -> None:
    own_folder(tmp_path)
    found = templates(tmp_path)["letter_one"]
    assert found.is_own
    file = tmp_path / "own.pdf"
    file.write_bytes(render(freeze(found, {"record": "AAAABBBBCCCC", "person": '#read("/etc/passwd")'})))
    assert (
        '#read("/etc/passwd") AAAABBBBCCCC'
        in subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True).stdout
    )


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("label: Our letter", "lable: Our letter", "about.yaml:2:1: lable: this is not known here; nearest: label"),
        ("version: 1\nfor", "version: one\nfor", "about.yaml:3:10: version: 'one' is no whole number"),
        ("[coaching]", "[caching]", "about.yaml:5:11: plans: 'caching' is not known here; nearest: coaching"),
        ("[record, person]", "[record, person, salary]", "about.yaml:11:32: placeholders: 'salary' is not known here"),
        (
            "[record, person]",
            "[record, person, role]",
            "letter_one.typ:1:1: about.yaml lists role, and nothing prints it",
        ),
        ("[record, person]", "[person]", "about.yaml:11:15: placeholders: record is missing"),
        ("pages: 2", "pages: 9", "about.yaml:12:8: pages: 9 is no whole number from 1 to 6"),
        ("name: letter_one", "name: letter_two", "about.yaml:1:7: name: the folder is called letter_one"),
        ("parties: [rep]", "parties: rep", "about.yaml:7:10: parties: a list is needed"),
        ("label: Our letter", "label: [", "about.yaml:"),
        ("pages: 2", "", "about.yaml:1:1: pages: this is missing"),
    ],
)
def test_a_wrong_about_is_refused_with_its_place(
    before: str, after: str, said: str, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    folder = own_folder(tmp_path, lambda plain: plain.replace(before, after))
    with pytest.raises(DocumentError) as refused:
        read_template(folder, is_own=True)
    assert said in str(refused.value)
    counted("wrong templates refused", 1)


@pytest.mark.parametrize(
    ("typst", "said"),
    [
        ("#field.person #field.record\n  #field.persn", "letter_one.typ:2:4: there is no placeholder 'persn'"),
        ("#field.person #field.record #field", "letter_one.typ:1:30: `field` alone prints nothing"),
        ('#field.person #field.record #field.at("x")', "there is no placeholder 'at'"),
    ],
)
def test_a_placeholder_nobody_knows_is_refused_before_anything_is_printed(
    typst: str, said: str, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    with pytest.raises(DocumentError) as refused:
        read_template(own_folder(tmp_path, typst=typst), is_own=True)
    assert said in str(refused.value)
    counted("wrong templates refused", 1)


_HOSTILE_TYPST = (
    '#read("/etc/passwd")', '#include "/etc/passwd"', '#image("/etc/passwd")', '#csv("/etc/passwd")',
    '#import "@preview/cetz:0.3.0": *', '#import ("@pre" + "view/cetz:0.3.0")', '#plugin("/x.wasm")',
    '#bibliography("/etc/passwd")', '#("a" * 4000000000)', "#let f(x) = f(x + 1)\n#f(1)", "#while true {}",
    "#let x = 1\n#while x > 0 { x = x + 1 }", "#panic()", "#nothing", "#let",
    "#json(bytes(sys.inputs.field)).person.salary",
    "#for i in range(2000000000) {}", "#eval(\"read(\\\"/etc/passwd\\\")\")", "#for i in range(4000) { pagebreak() }",
)  # fmt: skip


@pytest.mark.parametrize("hostile", _HOSTILE_TYPST)
def test_a_hostile_template_reaches_no_file_and_no_network_and_does_not_run_on(
    hostile: str, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    own_folder(tmp_path, typst=f"#show: letter\n#field.person #field.record\n{hostile}\n")
    template = templates(tmp_path)["letter_one"]
    with pytest.raises(DocumentError) as refused:
        render(freeze(template, sample(template)))
    assert "root:" not in str(refused.value)
    counted("hostile templates stopped", 1)


def test_a_template_that_runs_on_is_stopped_in_time() -> None:
    slow = b"#let n = 0\n" + b"#for i in range(9000) { for j in range(9000) { for k in range(9000) { n = n + 1 } } }"
    said = compile_apart(slow, {}, seconds=1.5)
    assert isinstance(said, str)
    assert "longer than 1.5 seconds" in said


def test_a_mistake_in_a_firms_typst_is_named_where_it_stands(tmp_path: Path) -> None:
    own_folder(tmp_path, typst="#show: letter\n#field.person\n#field.record #nobody-knows\n")
    template = templates(tmp_path)["letter_one"]
    with pytest.raises(DocumentError, match=r"letter_one\.typ:3:15: unknown variable: nobody-knows"):
        render(freeze(template, sample(template)))


def test_more_pages_than_a_template_says_are_refused(tmp_path: Path) -> None:
    own_folder(tmp_path, typst="#show: letter\n#field.person #field.record\n#pagebreak()#pagebreak()x\n")
    template = templates(tmp_path)["letter_one"]
    with pytest.raises(DocumentError, match="3 pages are more than the 2"):
        render(freeze(template, sample(template)))


def test_a_frozen_text_is_not_printed_by_a_template_that_was_changed_since(tmp_path: Path) -> None:
    folder = own_folder(tmp_path)
    template = templates(tmp_path)["letter_one"]
    frozen = freeze(template, sample(template))
    (folder / "letter_one.typ").write_text("#show: letter\nChanged #field.person #field.record\n")
    with pytest.raises(DocumentError, match="is not here as it was"):
        thaw(frozen.text, templates(tmp_path))
