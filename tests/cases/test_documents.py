"""Documents print everything they are given, on one to six pages, as text, and nothing a template is not to know."""

from __future__ import annotations

import random
import re
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from courtside.documents.faults import DocumentError
from courtside.documents.freeze import freeze, sha256_of, thaw
from courtside.documents.placeholders import PLACEHOLDERS
from courtside.documents.printed import printed, visible
from courtside.documents.render import pages_of, render
from courtside.documents.samples import KINDS, sample
from courtside.documents.template import Template, templates

GATES = ("documents printed and read back", "hostile texts printed as text", "wrong data refused")
EVERYWHERE = ("Record", "Page 1 of")
SIGNED = ("Signatures", "A signature says")
IN_PLANS = (
    "Goals", "What the manager owes", "Check-ins", "What happens at the end", "If the goals are met",
    "If they are not met", "If it cannot be told", "How to dispute", "What the parties say", "Return by",
)  # fmt: skip
REQUIRED: dict[str, tuple[str, ...]] = {
    "coaching_plan": IN_PLANS,
    "improvement_plan": (*IN_PLANS, "Human resources", "Approved by", "Proposed by rule", "Evidence"),
    "check_in_note": ("Held on", "What was said and agreed", "Goals so far", "What follows", "How to dispute"),
    "extension": ("Was to end on", "Ends now on", "Why it is extended", "What happens at the end", "How to dispute"),
    "release": ("The plan has ended, and you are released from it.", "Goals at the end", "How to dispute"),
    "new_plan": ("a new one will be written", "Goals at the end", "How to dispute"),
    "removed": ("This is not a notice of termination.", "Goals at the end", "How to dispute"),
    "determination": ("Outcome", "Reasons", "Goals at the end", "If it cannot be told", "How to dispute"),
    "rep_statement": ("In their words", "Nobody else may change or shorten it."),
    "evidence_annex": (
        "The figures",
        "What was looked at, and how sure it is",
        "The conditions",
        "What was left out or allowed for",
        "How to dispute",
        "Digit for digit",
        "Hashes",
        "Nobody signs it by itself",
    ),
}
MARGIN_PT = 24 / 25.4 * 72


def text_of(pdf: Path, *options: str) -> str:
    """What poppler reads in a PDF."""
    ran = subprocess.run(["pdftotext", *options, str(pdf), "-"], capture_output=True, text=True, check=True)
    return ran.stdout


def squeezed(text: str) -> str:
    """Text without blanks, accents, direction marks and the places where long words may break."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(one for one in plain if not one.isspace() and unicodedata.category(one) not in ("Cf", "Mn"))


def body_of(pdf: Path) -> str:
    """The text of all pages, squeezed, without what is repeated on every page."""
    foot = re.compile(r"^Record \S+ Page \d+ of \d+\nSHA-256 of the data [0-9a-f]+$", re.MULTILINE)
    heads = re.compile(
        r"^(Goal So far Cases Range Target|Figure Value Cases Range Beside|What By Done|Day Held Note|"
        r"What How it was allowed for|Condition Number Limit Holds|Month Counted Of Due at the target)$", re.MULTILINE
    )  # fmt: skip
    return squeezed(heads.sub("", foot.sub("", text_of(pdf, "-raw"))))


def texts_in(value: Any) -> Iterator[str]:
    """Every text a printed value holds; where a bar is drawn is no text."""
    if isinstance(value, str):
        yield from filter(None, (squeezed(line) for line in value.split("\n")))
    elif isinstance(value, dict):
        for name, one in value.items():
            if name not in ("bar", "direction", "unit", "party"):
                yield from texts_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_in(one)


def is_right_to_left(text: str) -> bool:
    """Whether a text is written from the right, in whole or in part."""
    return any(unicodedata.bidirectional(one) in ("R", "AL") for one in text)


def letters(text: str) -> str:
    """The letters of a text in some one order: poppler puts those written from the right into lines its own way."""
    return "".join(sorted(unicodedata.normalize("NFKC", text)))


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_every_template_prints_all_it_is_given_on_one_to_six_pages(
    name: str, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    template = templates()[name]
    for kind in KINDS:
        frozen = freeze(template, sample(template, kind))
        pdf = render(frozen)
        assert 1 <= pages_of(pdf) <= 6
        file = tmp_path / f"{kind}.pdf"
        file.write_bytes(pdf)
        _holds_everything(file, frozen, (*EVERYWHERE, *(SIGNED if template.parties else ()), *REQUIRED[name]))
        _stays_inside_the_margins(file)
        counted("documents printed and read back", 1)


def _holds_everything(file: Path, frozen: Any, lines: tuple[str, ...]) -> None:
    body, whole = body_of(file), squeezed(text_of(file, "-raw"))
    for line in (*lines, frozen.template.statement, frozen.sha256):
        assert squeezed(line) in whole, line
    for text in texts_in(printed(frozen.data)):
        if is_right_to_left(text):
            assert set(letters(text)) <= set(letters(body)), text
        else:
            assert text in body, text


def _stays_inside_the_margins(file: Path) -> None:
    boxes = re.findall(
        r'<page width="([\d.]+)"|<word xMin="([-\d.]+)" yMin="[-\d.]+" xMax="([-\d.]+)"', text_of(file, "-bbox")
    )
    width, words = 0.0, 0
    for page, left, right in boxes:
        width = float(page) if page else width
        if not page:
            words += 1
            assert float(left) >= MARGIN_PT - 1, (left, right)
            assert float(right) <= width - MARGIN_PT + 1, (left, right)
    assert words > 20


def test_required_lines_are_known_for_every_template_there_is() -> None:
    assert set(REQUIRED) == set(templates())


def test_a_document_that_was_cut_would_be_noticed(tmp_path: Path) -> None:
    template = templates()["rep_statement"]
    frozen = freeze(template, sample(template, "longest"))
    shorter = freeze(template, {**frozen.data, "account": frozen.data["account"][:-20]})
    file = tmp_path / "cut.pdf"
    file.write_bytes(render(shorter))
    with pytest.raises(AssertionError):
        _holds_everything(file, frozen, ())


def test_the_same_data_gives_the_same_bytes_and_a_tagged_pdf_that_names_nobody(tmp_path: Path) -> None:
    for template in templates().values():
        frozen = freeze(template, sample(template, "shortest"))
        pdf = render(frozen)
        assert render(thaw(frozen.text, templates())) == pdf
        (tmp_path / "one.pdf").write_bytes(pdf)
        told = subprocess.run(["pdfinfo", str(tmp_path / "one.pdf")], capture_output=True, text=True, check=True).stdout
        assert "Tagged:          yes" in told
        assert "Title:           Document AAAABBBBCCCC" in told
        assert "JavaScript:      no" in told


def test_a_draft_says_so_on_every_page(tmp_path: Path) -> None:
    template = templates()["improvement_plan"]
    file = tmp_path / "draft.pdf"
    file.write_bytes(render(freeze(template, sample(template, "longest")), mark="Draft"))
    pages = text_of(file).split("\f")[:-1]
    assert len(pages) > 1
    assert all("Draft: not in force" in page for page in pages)


def test_a_removal_prints_that_it_is_no_notice_of_termination(tmp_path: Path) -> None:
    template = templates()["determination"]
    for outcome in ("released", "new_plan", "removed", "extended"):
        file = tmp_path / f"{outcome}.pdf"
        file.write_bytes(render(freeze(template, {**sample(template), "outcome": outcome})))
        assert ("not a notice of termination" in text_of(file)) == (outcome == "removed")


def test_no_banned_word_is_printed(tmp_path: Path) -> None:
    for template in templates().values():
        file = tmp_path / "one.pdf"
        file.write_bytes(render(freeze(template, sample(template))))
        assert not re.search(r"underperform|\bcaused\b|\bproves\b|\bAI\b|\bfail", text_of(file), re.IGNORECASE)


def test_the_hash_is_that_of_the_text_and_follows_every_change() -> None:
    template = templates()["coaching_plan"]
    given = sample(template, "ten_goals")
    frozen = freeze(template, given)
    assert frozen.sha256 == sha256_of(frozen.text)
    seen = {frozen.sha256}
    for name, other in (("why", "Another reason."), ("person", "Bo Lu"), ("return_by", "2026-11-14")):
        seen.add(freeze(template, {**given, name: other}).sha256)
    seen.add(freeze(template, {**given, "goals": [{**given["goals"][0], "target": 61}, *given["goals"][1:]]}).sha256)
    assert len(seen) == 5


_PIECES = (
    "#read(\"/etc/passwd\")", "#import \"@preview/cetz:0.3.0\"", "#include \"/etc/hosts\"", "$x^2$", "$sum_(i=0)^n$",
    "*bold*", "_emph_", "= Heading", "== Heading", "#link(\"https://evil.example\")[here]", "https://evil.example/x",
    "@label", "<label>", "#eval(\"1+1\")", "#sys.inputs", "#panic()", "#set page(fill: red)", "#show: none",
    "`raw`", "```rust fn```", "#plugin(\"x.wasm\")", "\\u{1F600}", "\\", "#{", "}#", "[[", "]]", "// comment",
    "/* comment", "*/", "~", "--", "---", "...", "#context here()", "#let x = 1", "#image(\"/x.png\")", "{{person}}",
    "{% include %}", "${7*7}", "%s%n", "<script>alert(1)</script>", "&lt;b&gt;", "\"quoted\"", "'single'", "#v(-500pt)",
    "#place(top)[x]", "- item", "+ item", "/ term: x", "#counter(page)", "#pagebreak()", "#json(bytes(\"{}\"))",
    "\u202eevil", "\u200bhidden", "a\u0300\u0301\u0302\u0303\u0304\u0305", "\x07bell", "\u2028line", "\ufeffbom",
    "\u00ad soft",
)  # fmt: skip


def hostile_texts(number: int) -> list[str]:
    """So many different texts that would do something where they were taken for markup."""
    chance = random.Random(7)
    found = list(_PIECES)
    while len(found) < number:
        found.append(" ".join(chance.sample(_PIECES, chance.randint(2, 3))))
    return found[:number]


def test_hostile_texts_are_printed_as_text(tmp_path: Path, counted: Callable[[str, int], None]) -> None:
    hostile = hostile_texts(300)
    for template, name, batch in _with_hostile(hostile):
        given = {**sample(template), name: "\n".join(batch) if template.name == "rep_statement" else batch[0]}
        frozen = freeze(template, given)
        pdf = render(frozen)
        file = tmp_path / "hostile.pdf"
        file.write_bytes(pdf)
        body = body_of(file).replace("aaa‹U+0303›", "a‹U+0303›")  # poppler reads a letter again with each of its marks
        for text in batch:
            assert squeezed(visible(text)) in body, text
        assert not re.search(rb"/URI|/Launch|/JavaScript|/EmbeddedFile|/GoToR", pdf)
        counted("hostile texts printed as text", len(batch))


def _with_hostile(hostile: list[str]) -> Iterator[tuple[Template, str, list[str]]]:
    account = templates()["rep_statement"]
    for at in range(0, 250, 50):
        yield account, "account", hostile[at : at + 50]
    plan = templates()["coaching_plan"]
    names = ("person", "role", "organisation", "why", "support")
    for at, text in enumerate(hostile[250:300]):
        yield plan, names[at % len(names)], [text]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("person", 7, "person: 7 is no text"),
        ("person", "two\nlines", "person: a single line is needed"),
        ("person", "x" * 201, "person: 201 characters are too many"),
        ("person", "\ud800", "person: half a character"),
        ("made_on", "02.11.2026", "made_on: '02.11.2026' is no day"),
        ("why", "x" * 1201, "why: 1,201 characters are too many"),
        ("why", "\n.\n" * 100, "why: "),
        ("goals", [{}], "goals[0].metric: this is missing"),
        ("goals", "none", "goals: a list of rows is needed, not str"),
        ("goals", [{"rank": 1}], "goals[0].rank: this is not known here"),
        ("owed", [{"what": "x", "by": "soon", "done": None}], "owed[0].by: 'soon' is no day"),
        ("owed", [{"what": "x", "by": "2026-11-02", "done": "yes"}], "owed[0].done: 'yes' is neither true nor false"),
        ("signers", [{"party": "robot", "name": "x", "role": "y"}], "signers[0].party: 'robot' is not known here"),
        ("rank", 1, "rank: this is not known here"),
    ],
)
def test_wrong_data_is_refused_where_it_stands(
    name: str, value: Any, said: str, counted: Callable[[str, int], None]
) -> None:
    template = templates()["coaching_plan"]
    with pytest.raises(DocumentError) as refused:
        freeze(template, {**sample(template), name: value})
    assert str(refused.value).startswith(said)
    counted("wrong data refused", 1)


def test_a_number_that_is_none_is_printed_as_not_recorded_and_never_as_zero(tmp_path: Path) -> None:
    template = templates()["coaching_plan"]
    goal = {**PLACEHOLDERS["goals"].shortest[0], "value": None, "n": None, "low": None, "high": None}
    file = tmp_path / "none.pdf"
    file.write_bytes(render(freeze(template, {**sample(template), "goals": [goal]})))
    assert text_of(file).count("not recorded") == 3
    with pytest.raises(DocumentError, match="is no number"):
        freeze(template, {**sample(template), "goals": [{**goal, "value": float("nan")}]})


def test_what_is_missing_is_refused() -> None:
    template = templates()["coaching_plan"]
    given = sample(template)
    del given["why"]
    with pytest.raises(DocumentError, match="why: this is missing"):
        freeze(template, given)
