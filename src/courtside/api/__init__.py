"""Typed JSON for programs: the figures people see on pages, under the same rules."""
