"""What may be committed: no machine paths or hosts, no unfinished words, no outsized files."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

GATES = ("files of the tree read", "planted offences in a file found")

LARGEST_FILE = 400_000
LONGEST_MODULE = 600
KNOWN_HOSTS = {"www.apache.org", "example.com", "example.org", "example.invalid", "127.0.0.1", "localhost"}
"""Addresses that mean themselves: the licence's own, those reserved for examples, and this machine's own."""

_UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
_MACHINE_PATH = re.compile(r"(?<![\w.])/(?:root|home|Users|work|mnt|srv)/\w|\b[A-Z]:\\\\?\w")
_ADDRESS = re.compile(r"\bhttps?://([^\s/\"'<>)\]`:]+)")
_NUMERIC_HOST = re.compile(
    r"(?<![\d.])(?!0\.0\.0\.0|127\.0\.0\.1|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.)(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"
)
"""A numeric host, but for those that lead nowhere else: this machine itself, and what is kept free for examples."""
ABOUT_HOSTS = frozenset({"channels_address.py", "test_channels.py", "outbox_sink.py"})
"""Files about which numeric hosts may be asked at all: they name the ranges that may not."""


def offences(text: str, *, names_hosts: bool = False) -> Iterator[str]:
    """Every line of a text that may not be committed, with its reason. `names_hosts`: it is about hosts itself."""
    for number, line in enumerate(text.splitlines(), 1):
        if _UNFINISHED.search(line):
            yield f"{number}: unfinished: {line.strip()}"
        if _MACHINE_PATH.search(line):
            yield f"{number}: a path of one machine: {line.strip()}"
        if _NUMERIC_HOST.search(line) and not names_hosts:
            yield f"{number}: a host: {line.strip()}"
        for host in _ADDRESS.findall(line):
            if not (host in KNOWN_HOSTS or host.rstrip("\\").endswith(".example") or names_hosts):
                yield f"{number}: an address: {host}"


@pytest.fixture(scope="module")
def tree(project_root: Path) -> list[Path]:
    """Files that are in git or would be with the next `git add`."""
    if shutil.which("git") is None or not (project_root / ".git").exists():
        pytest.skip("needs git and a clone to know which files belong to the project")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=project_root, capture_output=True, text=True, check=True).stdout
    return [project_root / name for name in sorted(filter(None, listed.split("\0"))) if (project_root / name).is_file()]


def test_no_file_holds_what_may_not_be_committed(
    tree: list[Path], project_root: Path, counted: Callable[[str, int], None]
) -> None:
    found: list[str] = []
    for path in tree:
        name = path.relative_to(project_root)
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if name != Path("tests/house/test_tree.py"):
            found += [f"{name}:{offence}" for offence in offences(text, names_hosts=name.name in ABOUT_HOSTS)]

    assert found == []
    counted("files of the tree read", len(tree))


def test_no_file_is_outsized(tree: list[Path], project_root: Path) -> None:
    large = [f"{path.relative_to(project_root)}" for path in tree if path.stat().st_size > LARGEST_FILE]
    modules = [path for path in tree if path.suffix == ".py" and "src" in path.relative_to(project_root).parts]
    long = [f"{path.relative_to(project_root)}" for path in modules if path.read_text().count("\n") > LONGEST_MODULE]

    assert large == []
    assert long == []


PLANTED = {
    "unfinished: ": "# TO" + "DO: finish",
    "a path of one machine: ": "open('/ho" + "me/ada/x.csv')",
    "a host: ": "connect('10.1." + "2.3')",
    "an address: ": "pip install --index-url http" + "s://mirror.internal/simple",
}


@pytest.mark.parametrize("reason", PLANTED)
def test_a_planted_offence_is_found(reason: str, counted: Callable[[str, int], None]) -> None:
    found = list(offences("fine\n" + PLANTED[reason]))

    assert len(found) == 1
    assert found[0].startswith(f"2: {reason}")
    counted("planted offences in a file found", 1)


def test_every_module_opens_with_a_sentence(tree: list[Path], project_root: Path) -> None:
    silent = []
    for path in tree:
        if path.suffix == ".py" and path.name != "__init__.py" and "migrations" not in path.parts:
            first = path.read_text(encoding="utf-8").lstrip().split("\n\n", 1)[0]
            if not first.startswith('"""') or "." not in first:
                silent.append(str(path.relative_to(project_root)))

    assert silent == []
