"""Whether coaching and plans worked: what came after, beside what would have come of its own accord."""
