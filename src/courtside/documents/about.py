"""`about.yaml` of a template: its name, for which plans, who signs it under which statement, and what it prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from courtside.documents.faults import DocumentError, Place
from courtside.documents.placeholders import PARTIES, PLACEHOLDERS
from courtside.documents.values import Paragraph
from courtside.metrics.errors import did_you_mean, nearest

PLANS = ("coaching", "improvement")
STAGES = ("start", "during", "end", "any")
_MOST_PAGES = 6
_MOST_VERSION = 10_000
KEYS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "name": ("text", "the name of the folder, and of the typst file in it"),
    "label": ("text", "what it is called in sentences"),
    "version": (f"1 to {_MOST_VERSION:,}", "counted up with every change of what it prints"),
    "for": ("the two keys below", "for what it is"),
    "for.plans": (f"a list of {', '.join(PLANS)}", "the kinds of plan it is for"),
    "for.stage": (f"one of {', '.join(STAGES)}", "when in a plan it is written"),
    "parties": (f"a list of {', '.join(PARTIES)}; may be empty", "who is asked to sign it"),
    "statement": ("the two keys below", "what a signature under it says"),
    "statement.version": (f"1 to {_MOST_VERSION:,}", "counted up with every change of the statement"),
    "statement.text": ("text", "the statement, as it is printed and signed"),
    "placeholders": ("a list of the placeholders below", "what it prints: everything in this list, and nothing else"),
    "pages": (f"1 to {_MOST_PAGES}", "how many pages it may fill; more are refused"),
    "defaults": ("placeholder: text; may be left out", "texts that are printed where nobody has written others"),
})  # fmt: skip
"""Every key of `about.yaml`: what it holds, and what it means."""
_MAY = ("defaults",)
_KEYS = tuple(one for one in KEYS if "." not in one and one not in _MAY)
_ALWAYS = ("record", "person")
"""What every document prints: whose it is, and its number."""


@dataclass(frozen=True, slots=True)
class About:
    """What `about.yaml` says. `pages` is the most it may fill; `defaults` are texts used where none are given."""

    name: str
    label: str
    version: int
    plans: tuple[str, ...]
    stage: str
    parties: tuple[str, ...]
    statement: str
    statement_version: int
    placeholders: tuple[str, ...]
    pages: int
    defaults: Mapping[str, str]

    @property
    def fixed(self) -> tuple[Any, ...]:
        """Everything that decides what is printed and signed."""
        return (self.name, self.label, self.version, self.parties, self.statement, self.statement_version)


def _below(key: str) -> tuple[str, ...]:
    return tuple(one.removeprefix(f"{key}.") for one in KEYS if one.startswith(f"{key}."))


def read_about(file: Path, name: str) -> About:
    """What an `about.yaml` says of the template `name`. Raises DocumentError with file, line and column."""
    read = _Reading(str(file), _tree(file))
    read.refuse_strangers()
    if read.text("name") != name:
        raise read.fault("name", f"the folder is called {name}; both must be the same")
    plans = read.sub("for", _below("for"))
    signed = read.sub("statement", _below("statement"))
    return About(
        name=name,
        label=read.text("label"),
        version=read.number("version", 1, _MOST_VERSION),
        plans=plans.words("plans", PLANS),
        stage=plans.word("stage", STAGES),
        parties=read.words("parties", PARTIES),
        statement=signed.text("text"),
        statement_version=signed.number("version", 1, _MOST_VERSION),
        placeholders=_placeholders(read),
        pages=read.number("pages", 1, _MOST_PAGES),
        defaults=_defaults(read),
    )


def _tree(file: Path) -> Mapping[str, Any]:
    """The round-trip tree of a YAML file, which remembers lines and columns."""
    from ruamel.yaml import YAML  # noqa: PLC0415  (slow to import)
    from ruamel.yaml.error import MarkedYAMLError  # noqa: PLC0415

    start = Place(str(file), 1, 1)
    try:
        tree = YAML(typ="rt").load(file.read_text("utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark
        raise DocumentError(
            str(error.problem), Place(str(file), mark.line + 1, mark.column + 1) if mark else start
        ) from None
    except UnicodeDecodeError as error:
        raise DocumentError(f"not UTF-8: {error.reason}", start) from None
    except FileNotFoundError:
        raise DocumentError("this file is missing; it says what the template is about", start) from None
    if not isinstance(tree, Mapping):
        raise DocumentError("lines such as `label: Coaching plan` are needed", start)
    return tree


def _placeholders(read: _Reading) -> tuple[str, ...]:
    names = read.words("placeholders", tuple(PLACEHOLDERS))
    for name in _ALWAYS:
        if name not in names:
            raise read.fault("placeholders", f"{name} is missing; every document prints it")
    return names


def _defaults(read: _Reading) -> Mapping[str, str]:
    if "defaults" not in read.tree:
        return MappingProxyType({})
    listed = {name for name in read.words("placeholders", tuple(PLACEHOLDERS))}
    texts = tuple(name for name in sorted(listed) if isinstance(PLACEHOLDERS[name].kind, Paragraph))
    inner = read.inner("defaults")
    for name in inner.tree:
        if name not in texts:
            raise inner.fault(str(name), f"only texts the template prints have defaults: {', '.join(texts)}")
    values = {str(name): inner.text(str(name)) for name in inner.tree}
    return MappingProxyType({name: PLACEHOLDERS[name].kind.read(text, name) for name, text in values.items()})


@dataclass(frozen=True, slots=True)
class _Reading:
    """One mapping of a YAML file, and how to name the place of what is wrong in it."""

    file: str
    tree: Any

    def fault(self, key: str, message: str) -> DocumentError:
        line, column = self.tree.lc.value(key) if key in self.tree else (self.tree.lc.line, self.tree.lc.col)
        return DocumentError(f"{key}: {message}", Place(self.file, line + 1, column + 1))

    def refuse_strangers(self, must: Sequence[str] = _KEYS, may: Sequence[str] = _MAY) -> None:
        known = (*must, *may)
        for key in self.tree:
            if key not in known:
                line, column = self.tree.lc.key(key)
                hint = did_you_mean(nearest(str(key), known)) or f"; there is {', '.join(known)}"
                raise DocumentError(f"{key}: this is not known here{hint}", Place(self.file, line + 1, column + 1))
        for key in must:
            if key not in self.tree:
                raise self.fault(key, "this is missing; write it on a line of its own")

    def inner(self, key: str) -> _Reading:
        if not isinstance(self.tree[key], Mapping):
            raise self.fault(key, "lines of their own are needed below it")
        return _Reading(self.file, self.tree[key])

    def sub(self, key: str, must: tuple[str, ...]) -> _Reading:
        found = self.inner(key)
        found.refuse_strangers(must, ())
        return found

    def text(self, key: str) -> str:
        value = self.tree[key]
        if not isinstance(value, str) or not value.strip():
            raise self.fault(key, f"{value!r} is no text")
        return str(value).strip()

    def number(self, key: str, least: int, most: int) -> int:
        value = self.tree[key]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.fault(key, f"{value!r} is no whole number from {least} to {most}")
        return int(value)

    def word(self, key: str, known: Sequence[str]) -> str:
        value = self.text(key)
        if value not in known:
            raise self.fault(key, f"{value!r} is not known; it is one of {', '.join(known)}")
        return value

    def words(self, key: str, known: Sequence[str]) -> tuple[str, ...]:
        value = self.tree[key]
        if not isinstance(value, list):
            raise self.fault(key, "a list is needed, as [one, two]")
        for at, word in enumerate(value):
            if word not in known:
                line, column = value.lc.item(at)  # type: ignore[attr-defined]
                hint = did_you_mean(nearest(str(word), known)) or f"; there is {', '.join(known)}"
                raise DocumentError(f"{key}: {word!r} is not known here{hint}", Place(self.file, line + 1, column + 1))
        return tuple(dict.fromkeys(map(str, value)))
