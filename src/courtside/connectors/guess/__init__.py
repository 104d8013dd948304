"""Proposing a mapping for an export nobody has mapped, from the names of its columns and what is in them."""
