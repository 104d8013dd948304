"""The small language of filters and formulas: text in, a tree of a few node types out, never SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

Value = str | int | float | bool | None


class ExpressionError(ValueError):
    """A text that is no expression: `at` is the offset of the offending character, from 0."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


@dataclass(frozen=True, slots=True)
class Name:
    """A column, a linked column (`account.is_key`), a moment or, in a formula, a metric."""

    path: tuple[str, ...]
    at: int = 0

    def __str__(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, number, truth value or nothing."""

    value: Value
    at: int = 0


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of the pack: `$compliance_pass`."""

    name: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language applied to arguments."""

    name: str
    args: tuple[Node, ...]
    at: int = 0


@dataclass(frozen=True, slots=True)
class Unary:
    """`not x` or `-x`."""

    op: str
    operand: Node
    at: int = 0


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and one of `+ - * / = != < <= > >= and or`."""

    op: str
    left: Node
    right: Node
    at: int = 0


@dataclass(frozen=True, slots=True)
class In:
    """`x in (…)` or `x not in (…)`; an item may be a parameter that holds a list."""

    operand: Node
    items: tuple[Node, ...]
    negated: bool = False
    at: int = 0


@dataclass(frozen=True, slots=True)
class IsNull:
    """`x is null` or `x is not null`."""

    operand: Node
    negated: bool = False
    at: int = 0


Node = Name | Literal | Param | Call | Unary | Binary | In | IsNull

_TOKEN: Final = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.\d+)?)
    | (?P<text>'(?:[^']|'')*')
    | (?P<param>\$[a-z_][a-z0-9_]*)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)
    | (?P<op><=|>=|!=|[=<>+\-*/(),])
    )""",
    re.VERBOSE,
)
_LONGEST: Final = 4_000
_DEEPEST: Final = 60
_COMPARISONS: Final = ("=", "!=", "<", "<=", ">", ">=")
_LITERAL_WORDS: Final = {"true": True, "false": False, "null": None}
_KEYWORDS: Final = {"and", "or", "not", "in", "is", *_LITERAL_WORDS}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def _tokens(text: str) -> list[_Token]:
    if len(text) > _LONGEST:
        raise ExpressionError(f"longer than {_LONGEST} characters", _LONGEST)
    tokens: list[_Token] = []
    position = 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            raise ExpressionError(f"unexpected character {text[start]!r}", start)
        kind, word = match.lastgroup, match.group(match.lastgroup)
        if kind == "word" and word.lower() in _KEYWORDS:
            kind, word = "keyword", word.lower()
        tokens.append(_Token(kind, word, match.start(match.lastgroup)))
        position = match.end()
    tokens.append(_Token("end", "the end", len(text)))
    return tokens


class _Parser:
    """Recursive descent over the tokens; each method is one level of precedence."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.index = 0
        self.depth = 0

    @property
    def here(self) -> _Token:
        return self.tokens[self.index]

    def take(self, *texts: str) -> _Token | None:
        """The next token if it is one of these operators or keywords."""
        if self.here.kind in ("op", "keyword") and self.here.text in texts:
            self.index += 1
            return self.tokens[self.index - 1]
        return None

    def need(self, text: str) -> _Token:
        token = self.take(text)
        if token is None:
            raise ExpressionError(f"expected {text!r}, found {self.here.text!r}", self.here.at)
        return token

    def whole(self) -> Node:
        node = self.either()
        if self.here.kind != "end":
            raise ExpressionError(f"unexpected {self.here.text!r}", self.here.at)
        return node

    def either(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ExpressionError("nested too deeply", self.here.at)
        node = self.both()
        while token := self.take("or"):
            node = Binary("or", node, self.both(), token.at)
        self.depth -= 1
        return node

    def both(self) -> Node:
        node = self.negation()
        while token := self.take("and"):
            node = Binary("and", node, self.negation(), token.at)
        return node

    def negation(self) -> Node:
        negations = []
        while token := self.take("not"):
            negations.append(token)
        node = self.comparison()
        for token in reversed(negations):
            node = Unary("not", node, token.at)
        return node

    def comparison(self) -> Node:
        left = self.sum()
        if token := self.take(*_COMPARISONS):
            return Binary(token.text, left, self.sum(), token.at)
        if token := self.take("is"):
            negated = self.take("not") is not None
            self.need("null")
            return IsNull(left, negated, token.at)
        if token := self.take("in"):
            return In(left, self.items(), at=token.at)
        if token := self.take("not"):
            self.need("in")
            return In(left, self.items(), negated=True, at=token.at)
        return left

    def items(self) -> tuple[Node, ...]:
        if self.here.kind == "param":
            return (self.atom(),)
        self.need("(")
        found = [self.atom()]
        while self.take(","):
            found.append(self.atom())
        self.need(")")
        return tuple(found)

    def sum(self) -> Node:
        node = self.product()
        while token := self.take("+", "-"):
            node = Binary(token.text, node, self.product(), token.at)
        return node

    def product(self) -> Node:
        node = self.signed()
        while token := self.take("*", "/"):
            node = Binary(token.text, node, self.signed(), token.at)
        return node

    def signed(self) -> Node:
        if token := self.take("-"):
            return Unary("-", self.atom(), token.at)
        return self.atom()

    def atom(self) -> Node:
        token = self.here
        self.index += 1
        if token.kind == "number":
            return Literal(float(token.text) if "." in token.text else int(token.text), token.at)
        if token.kind == "text":
            return Literal(token.text[1:-1].replace("''", "'"), token.at)
        if token.kind == "param":
            return Param(token.text[1:], token.at)
        if token.kind == "keyword" and token.text in _LITERAL_WORDS:
            return Literal(_LITERAL_WORDS[token.text], token.at)
        if token.kind == "word":
            return self.call(token) if self.take("(") else Name(tuple(token.text.split(".")), token.at)
        if token.text == "(" and token.kind == "op":
            node = self.either()
            self.need(")")
            return node
        raise ExpressionError(f"unexpected {token.text!r}", token.at)

    def call(self, token: _Token) -> Node:
        if self.take(")"):
            return Call(token.text, (), token.at)
        args = [self.either()]
        while self.take(","):
            args.append(self.either())
        self.need(")")
        return Call(token.text, tuple(args), token.at)


def parse(text: str) -> Node:
    """The tree of an expression. Raises ExpressionError with the offset of what is wrong.

    >>> parse("kind = 'call' and account.is_key").op
    'and'
    """
    return _Parser(text).whole()


def children(node: Node) -> tuple[Node, ...]:
    """The direct parts of a node, left to right."""
    match node:
        case Call(args=args):
            return args
        case Unary(operand=operand) | IsNull(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case In(operand=operand, items=items):
            return (operand, *items)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def names(node: Node) -> tuple[Name, ...]:
    """Every name an expression mentions, in order."""
    return tuple(part for part in walk(node) if isinstance(part, Name))
