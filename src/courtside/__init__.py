"""Courtside: sales metrics you can coach to."""

__version__ = "0.1.0"
