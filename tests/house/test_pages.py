"""Rules for pages a reader of the source can check: nothing inline or unescaped, small files, clear colours."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

GATES = ("templates read", "page modules read", "colour pairs compared", "careless pages caught")

FORBIDDEN_IN_TEMPLATES: Mapping[str, re.Pattern[str]] = {
    "a style attribute, which the policy of the pages forbids": re.compile(r"<[^>{]*\sstyle\s*="),
    "a script within the page": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>"),
    "a handler within the page": re.compile(r"<[^>{]*\son[a-z]+\s*="),
    "a filter that lets text through unescaped": re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off"),
    "something from another host": re.compile(r"""(?:src|href|action)\s*=\s*["']\s*(?:https?:)?//"""),
}
FORBIDDEN_NAMES = frozenset({"mark_safe", "csrf_exempt", "RawSQL", "SafeText"})
MOST_CSS, MOST_JS = 16 * 1024, 40 * 1024
LEAST_CONTRAST = {"ink": 4.5, "muted": 4.5, "link": 4.5, "even": 3.0, "above": 3.0, "below": 3.0, "edge": 3.0}


def web(project_root: Path) -> Path:
    return project_root / "src" / "courtside" / "web"


def faults_in_template(text: str) -> Iterator[str]:
    """What a template may not hold."""
    for what, pattern in FORBIDDEN_IN_TEMPLATES.items():
        if pattern.search(text):
            yield what


def faults_in_module(text: str) -> Iterator[str]:
    """Names a page may not use."""
    for node in ast.walk(ast.parse(text)):
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None
        if name in FORBIDDEN_NAMES:
            yield str(name)


def test_templates_hold_nothing_inline_and_nothing_unescaped(
    project_root: Path, counted: Callable[[str, int], None]
) -> None:
    templates = sorted(web(project_root).rglob("templates/**/*.html"))
    found = {str(path): list(faults_in_template(path.read_text(encoding="utf-8"))) for path in templates}
    assert {path: faults for path, faults in found.items() if faults} == {}
    counted("templates read", len(templates))


def test_no_page_or_endpoint_uses_what_lets_text_through(
    project_root: Path, counted: Callable[[str, int], None]
) -> None:
    package = project_root / "src" / "courtside"
    modules = [
        path for floor in ("web", "api", "services", "store") for path in sorted((package / floor).rglob("*.py"))
    ]
    found = {str(path): list(faults_in_module(path.read_text(encoding="utf-8"))) for path in modules}
    assert {path: names for path, names in found.items() if names} == {}
    counted("page modules read", len(modules))


@pytest.mark.parametrize(
    "careless",
    [
        '<p style="color: var(--below)">late</p>', "<script>go()</script>", '<a onclick="go()">go</a>',
        "{{ name|safe }}", "{% autoescape off %}", '<img src="//example.org/x.png">',
        '<link href="https://example.org/x.css">',
    ],
)  # fmt: skip
def test_a_careless_template_is_caught(careless: str, counted: Callable[[str, int], None]) -> None:
    assert list(faults_in_template(careless))
    counted("careless pages caught", 1)


def test_a_careless_module_is_caught(counted: Callable[[str, int], None]) -> None:
    assert list(faults_in_module("from django.utils import safestring\nsafestring.mark_safe(name)")) == ["mark_safe"]
    counted("careless pages caught", 1)


def test_the_stylesheet_and_our_script_stay_small(project_root: Path) -> None:
    static = web(project_root) / "static" / "courtside"
    assert sum(path.stat().st_size for path in static.rglob("*.css")) <= MOST_CSS
    assert sum(path.stat().st_size for path in static.rglob("*.js")) <= MOST_JS


def tokens(css: str) -> Mapping[str, tuple[str, str]]:
    """Every colour of the stylesheet by name: light, dark."""
    pairs = re.findall(r"--([a-z0-9]+):\s*light-dark\(\s*(#[0-9a-fA-F]{6})\s*,\s*(#[0-9a-fA-F]{6})\s*\)", css)
    return {name: (light, dark) for name, light, dark in pairs}


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21. Worked: black on white is 21."""
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_colours_stand_out_from_the_ground_in_light_and_dark(
    project_root: Path, counted: Callable[[str, int], None]
) -> None:
    css = (web(project_root) / "static" / "courtside" / "courtside.css").read_text(encoding="utf-8")
    found = tokens(css)
    weak = []
    for name, least in LEAST_CONTRAST.items():
        for theme, (colour, ground) in enumerate(zip(found[name], found["bg"], strict=True)):
            if contrast(colour, ground) < least:
                weak.append((name, ("light", "dark")[theme], round(contrast(colour, ground), 2)))
            counted("colour pairs compared", 1)
    assert weak == []
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#AAAAAA", "#FFFFFF") < LEAST_CONTRAST["muted"]
