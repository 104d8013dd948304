"""`python -m courtside.cli`: the `courtside` command where its script is not on the path."""

from __future__ import annotations

from courtside.cli.main import main

main(prog_name="courtside")
