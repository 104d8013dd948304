"""Compiling typst that a firm wrote: in a process of its own that can open no file, reach no network and not run on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

CHILD = Path(__file__).with_name("child.py")
SECONDS = 20
_LARGEST = 8_000_000


def compile_apart(source: bytes, inputs: Mapping[str, str], seconds: float = SECONDS) -> bytes | str:
    """The PDF of a firm's own typst, or what is wrong with it.

    The child has no environment of ours, and limits of processor time, memory and open files (see `child.py`).
    """
    job = json.dumps({"source": source.decode("utf-8"), "inputs": dict(inputs)}).encode()
    command = [sys.executable, "-I", "-X", "utf8", str(CHILD)]
    environment = {"RAYON_NUM_THREADS": "2", "PATH": os.defpath}
    try:
        ran = subprocess.run(  # noqa: S603  (our own program; what the firm wrote goes in as data)
            command, input=job, capture_output=True, timeout=seconds, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        return f"this took longer than {seconds:g} seconds to print; look for a loop that does not end"
    if ran.returncode == 0 and ran.stdout.startswith(b"%PDF"):
        return ran.stdout if len(ran.stdout) <= _LARGEST else "the document it prints is larger than 8 MB"
    if ran.returncode == 1 and ran.stdout:
        return ran.stdout.decode("utf-8", "replace")
    return "this needed more time or memory than a document may; look for a loop or a very large value"
