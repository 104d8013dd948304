"""Taking one person out of a text of JSON that others stay in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from courtside.records.canonical import canonical

_WORDS = frozenset({"reason", "what", "purpose"})
"""The fields people write sentences into."""
_NAMES = frozenset({"username", "by"})


class Forgetting:
    """Takes one person out of what is written down; in plans about them, the sentences too."""

    def __init__(self, person_id: str, token: str, *, is_subject: bool) -> None:
        self._person, self._token, self._is_subject = person_id, token, is_subject
        self._accounts: set[str] = set()
        self._words: dict[str, str] = {}

    def learn(self, value: Any) -> None:
        """Note the accounts that are this person's."""
        if isinstance(value, Mapping):
            if value.get("person_id") == self._person and isinstance(value.get("username"), str):
                self._accounts.add(value["username"])
            for one in value.values():
                self.learn(one)
        elif isinstance(value, list):
            for one in value:
                self.learn(one)

    def without(self, body: str) -> str:
        """What is written down, without them."""
        return canonical(self._without(json.loads(body), "")).decode()

    def _without(self, value: Any, name: str) -> Any:
        if isinstance(value, Mapping):
            return {key: self._without(one, key) for key, one in value.items()}
        if isinstance(value, list):
            return [self._without(one, name) for one in value]
        if not isinstance(value, str):
            return value
        if value == self._person or (name in _NAMES and value in self._accounts):
            return self._token
        if self._is_subject and name in _WORDS and value:
            return self._words.setdefault(value, f"erased {len(self._words) + 1}")
        return value
