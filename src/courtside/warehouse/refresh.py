"""Bringing the figures kept ready up to date: a new rollup file beside the old one, then the pointer moves."""

from __future__ import annotations

from courtside.records.crash import crash_point
from courtside.warehouse.generation import Generation, Inputs, Progress, cache, current, numbers, publish, sweep, sync
from courtside.warehouse.rebuild import build

_KEPT = 3
"""Generations that stay on disk, so that a reader who opened one is not disturbed."""


def refresh(inputs: Inputs, progress: Progress | None = None) -> Generation:
    """Bring the rollup up to date with the batches and publish it. One writer at a time (hold the lock).

    Where only some days changed, only these are computed again; the rest is taken over.
    """
    tell = progress or (lambda _: None)
    folder = cache(inputs.root)
    folder.mkdir(parents=True, exist_ok=True)
    sweep(inputs.root)
    earlier = current(inputs.root)
    number = max([earlier.number if earlier else 0, *numbers(folder)]) + 1
    path = folder / f"rollup-{number}.duckdb"
    making = path.with_suffix(".tmp")
    build(inputs, earlier, making, tell)
    sync(making)
    crash_point("rollup-made")
    making.rename(path)
    sync(folder)
    crash_point("rollup-named")
    generation = Generation(path, number, tuple(inputs.holdings), inputs.definitions)
    publish(generation, folder)
    for old in sorted(numbers(folder))[:-_KEPT]:
        (folder / f"rollup-{old}.duckdb").unlink(missing_ok=True)
    return generation
