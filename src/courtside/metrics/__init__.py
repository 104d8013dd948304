"""What we count and why: metric blocks, the filter and formula language, the ladder, targets."""
