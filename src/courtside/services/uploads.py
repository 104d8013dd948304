"""Files somebody sent to be looked at and then imported: kept apart for a day, for their owner alone."""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit
from courtside.services.workspace import Workspace

FOLDER = "uploads"
LASTS = timedelta(hours=24)
MOST_BYTES = 20 * 1024 * 1024
"""Of one file. Larger ones are imported by the command, which streams them."""
MOST_BYTES_TOGETHER = 100 * 1024 * 1024
MOST_FILES = 40
SUFFIXES = (".csv", ".tsv", ".xlsx", ".xlsm", ".parquet")
ANSWERS: Mapping[str, tuple[str, ...]] = {"date_order": ("dmy", "mdy", "ymd"), "decimal": (".", ",")}
"""What can be asked about ambiguous cells, and what can be answered."""

_ID = re.compile(r"[A-Za-z0-9_-]{32}")
_ABOUT, _FILES, _MAPPING, _REFUSED, _LOCK = "about.json", "files", "mapping.yaml", "refused.csv", "lock"


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it arrives: its name, and its bytes piece by piece."""

    name: str
    pieces: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Upload:
    """Some files of one owner, what was answered about them, and the batch they became."""

    upload_id: str
    folder: Path
    user_id: int
    made_at: datetime
    answers: Mapping[str, str] = field(default_factory=dict)
    is_set_aside: bool = False
    """Whether rows that are refused are kept apart, and the others imported."""
    is_done: bool = False
    batch: int | None = None
    notes: tuple[str, ...] = ()
    """What was told when it was imported."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The files, by name."""
        folder = self.folder / _FILES
        return tuple(sorted(folder.iterdir())) if folder.is_dir() else ()

    @property
    def mapping(self) -> Path | None:
        """Which column is which field, if somebody has settled it."""
        path = self.folder / _MAPPING
        return path if path.is_file() else None

    @property
    def refused(self) -> Path | None:
        """Every row refused when it was last looked at, as CSV."""
        path = self.folder / _REFUSED
        return path if path.is_file() else None


def keep_files(visit: Visit, sent: Sequence[SentFile]) -> Upload:
    """Keep files for their sender. Raises Refused, with nothing kept, for any that cannot be imported."""
    now = visit.caller.clock()
    sweep_uploads(visit.standing.workspace, now)
    if not sent:
        raise Refused("no file was sent; choose one or more files first")
    if len(sent) > MOST_FILES:
        raise Refused(f"{len(sent)} files are too many at once; send at most {MOST_FILES}, or use: courtside import")
    names = [_checked_name(one.name) for one in sent]
    doubles = sorted({name for name in names if [n.casefold() for n in names].count(name.casefold()) > 1})
    if doubles:
        raise Refused(f"two files are called {doubles[0]}; rename one, or send them one after the other")
    upload = _new(visit, now)
    try:
        _write_all(upload, zip(names, sent, strict=True))
    except BaseException:
        shutil.rmtree(upload.folder, ignore_errors=True)
        raise
    _note(upload)
    return upload


def _new(visit: Visit, now: datetime) -> Upload:
    upload_id = secrets.token_urlsafe(24)
    above = visit.standing.workspace.root / FOLDER
    above.mkdir(mode=0o700, exist_ok=True)
    folder = above / upload_id
    folder.mkdir(mode=0o700)
    (folder / _FILES).mkdir(mode=0o700)
    return Upload(upload_id, folder, visit.viewer.user_id, now)


def _checked_name(name: str) -> str:
    """The bare name of a file. Raises Refused for one that names no file that can be imported."""
    bare = name.replace("\\", "/").rpartition("/")[2].strip()
    if not bare or bare.startswith(".") or len(bare) > 120 or not bare.isprintable():
        raise Refused("a file has a name that cannot be kept; give it a plain name such as people.csv")
    if not bare.lower().endswith(SUFFIXES):
        raise Refused(f"{bare} is no file that can be imported; send CSV, TSV, XLSX or Parquet")
    return bare


def _write_all(upload: Upload, named: Iterable[tuple[str, SentFile]]) -> None:
    together = 0
    for name, one in named:
        together += _write(upload.folder / _FILES / name, one.pieces)
        if together > MOST_BYTES_TOGETHER:
            most = MOST_BYTES_TOGETHER // 1024 // 1024
            raise Refused(f"these files have more than {most} MB together; send fewer, or use: courtside import")


def _write(path: Path, pieces: Iterable[bytes]) -> int:
    size = 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for piece in pieces:
            size += len(piece)
            if size > MOST_BYTES:
                raise Refused(f"{path.name} has more than {MOST_BYTES // 1024 // 1024} MB; use: courtside import")
            file.write(piece)
    return size


def upload_of(visit: Visit, upload_id: str) -> Upload:
    """An upload of the viewer's own. Raises NotFound for one that is somebody else's, is swept, or never was."""
    if not _ID.fullmatch(upload_id):
        raise NotFound
    folder = visit.standing.workspace.root / FOLDER / upload_id
    upload = _read(folder)
    now = visit.caller.clock()
    if upload is None or upload.user_id != visit.viewer.user_id or now - upload.made_at > LASTS:
        raise NotFound
    return upload


def choose(upload: Upload, answers: Mapping[str, str], *, is_set_aside: bool) -> Upload:
    """Settle what was asked about the files. Raises Refused for an answer that is none."""
    for name, answer in answers.items():
        if answer not in ANSWERS.get(name, ()):
            raise Refused(f"{answer!r} is no answer to {name}; {', '.join(ANSWERS.get(name, ()))}")
    return _note(replace(upload, answers=dict(answers), is_set_aside=is_set_aside))


def choose_mapping(upload: Upload, text: str | None) -> None:
    """Settle which column is which field, by a mapping as YAML; None takes it back. Raises Refused with every fault."""
    from courtside.services.mapped_imports import read_mapping_file  # noqa: PLC0415  (keeps start-up short)

    path = upload.folder / _MAPPING
    if text is None:
        path.unlink(missing_ok=True)
        return
    draft = upload.folder / f"draft-{secrets.token_hex(8)}.yaml"
    draft.write_text(text, encoding="utf-8")
    try:
        read_mapping_file(draft)
        os.replace(draft, path)
    except Refused as refused:
        said = "the mapping has a fault" if len(refused.lines) == 1 else f"the mapping has {len(refused.lines)} faults"
        raise Refused(said, (line.replace(draft.name, "the mapping") for line in refused.lines), refused.rows) from None
    finally:
        draft.unlink(missing_ok=True)


def keep_refused(upload: Upload, file: Path | None) -> None:
    """Keep the file with every refused row beside the upload, in the place of an earlier one."""
    to = upload.folder / _REFUSED
    if file is None:
        to.unlink(missing_ok=True)
    else:
        os.replace(file, to)


@contextmanager
def importing(upload: Upload) -> Iterator[Upload]:
    """The upload as it is once nobody else imports it: who clicks twice finds what the first click made."""
    handle = os.open(upload.folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield _read(upload.folder) or upload
    finally:
        os.close(handle)


def done(upload: Upload, batch: int | None, notes: Sequence[str]) -> Upload:
    """Note the batch the files became; the files themselves go, the batch keeps what they said."""
    shutil.rmtree(upload.folder / _FILES, ignore_errors=True)
    return _note(replace(upload, is_done=True, batch=batch, notes=tuple(notes)))


def forget(upload: Upload) -> None:
    """Take the files away."""
    shutil.rmtree(upload.folder, ignore_errors=True)


def forget_all(root: Path) -> None:
    """Take every upload of a workspace away, whoever owns it: a person in one may be erased."""
    shutil.rmtree(root / FOLDER, ignore_errors=True)


def sweep_uploads(workspace: Workspace, now: datetime) -> int:
    """Take away uploads older than a day; answers how many."""
    above = workspace.root / FOLDER
    swept = 0
    for folder in above.iterdir() if above.is_dir() else ():
        upload = _read(folder)
        made_at = upload.made_at if upload else datetime.fromtimestamp(folder.stat().st_mtime, now.tzinfo)
        if now - made_at > LASTS:
            shutil.rmtree(folder, ignore_errors=True)
            swept += 1
    return swept


def _note(upload: Upload) -> Upload:
    told: dict[str, Any] = {
        "user_id": upload.user_id,
        "made_at": upload.made_at.isoformat(),
        "answers": dict(upload.answers),
        "is_set_aside": upload.is_set_aside,
        "is_done": upload.is_done,
        "batch": upload.batch,
        "notes": list(upload.notes),
    }
    new = upload.folder / f"{_ABOUT}.{secrets.token_hex(8)}"
    new.write_text(json.dumps(told), encoding="utf-8")
    os.replace(new, upload.folder / _ABOUT)
    return upload


def _read(folder: Path) -> Upload | None:
    try:
        told = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return Upload(
        upload_id=folder.name,
        folder=folder,
        user_id=told["user_id"],
        made_at=datetime.fromisoformat(told["made_at"]),
        answers=told["answers"],
        is_set_aside=told["is_set_aside"],
        is_done=told["is_done"],
        batch=told["batch"],
        notes=tuple(told["notes"]),
    )
