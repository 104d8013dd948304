"""The marks beside the factors of a gap: each effect with its range, on one scale, beside nothing at all (0)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString

from courtside.services.gap_page import Bar, Block, GapPage
from courtside.web import marks


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A factor with its mark."""

    bar: Bar
    mark: SafeString


@dataclass(frozen=True, slots=True)
class DrawnBlock:
    """The factors in the same hands with their marks."""

    block: Block
    bars: tuple[DrawnBar, ...]


def drawn_blocks(gap: GapPage) -> tuple[DrawnBlock, ...]:
    """Every factor of a gap with its mark, on the page's scale."""
    ends = gap.ends

    def drawn(bar: Bar) -> DrawnBar:
        return DrawnBar(bar, marks.interval_dot(bar.effect, bar.low, bar.high, 0.0, bar.state, *ends))

    return tuple(DrawnBlock(block, tuple(map(drawn, block.bars))) for block in gap.blocks)
