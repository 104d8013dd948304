"""How large a workbook may be: what is refused unread, and what stops the process that reads it."""

from __future__ import annotations

FILE_BYTES = 20_000_000
"""The file itself."""
UNPACKED_BYTES = 200_000_000
"""All its parts unpacked, as its directory declares them."""
ENTRIES = 1_000
"""Parts in the file."""
RATIO = 100
"""How many times larger a part may be than what it was packed into, if it is not small."""
SMALL_PART_BYTES = 1_000_000
DIRECTORY_BYTES = 400_000
"""The directory itself: room for the entries above, and little enough to be read at once."""
ROWS = 1_000_000
"""Rows of all sheets together."""
WRITTEN_BYTES = 400_000_000
"""Text of all cells together: one long text can stand in a million cells."""
FAULTS = 100_000
"""Cells without a usable value, of all sheets together."""
DEPTH = 64
"""Elements inside one another."""
MEMORY_BYTES = 512 * 1024 * 1024
"""Address space of the reading process."""
CPU_S = 30
"""Processor time of the reading process."""
WAIT_S = 120
"""How long the reading process is waited for on a busy machine."""
