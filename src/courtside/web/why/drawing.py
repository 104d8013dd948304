"""The marks beside the factors of a gap: each effect with its range, on one scale, beside nothing at all (0)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString

from courtside.services.why_page import Bar, Block, WhyPage
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


def drawn_blocks(page: WhyPage) -> tuple[DrawnBlock, ...]:
    """Every factor of a page with its mark, on the page's scale."""
    least, most = min(page.least, 0.0), max(page.most, 0.0)
    return tuple(
        DrawnBlock(
            block,
            tuple(
                DrawnBar(bar, marks.interval_dot(bar.effect, bar.low, bar.high, 0.0, bar.state, least, most))
                for bar in block.bars
            ),
        )
        for block in page.blocks
    )
