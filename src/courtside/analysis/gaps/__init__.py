"""Why a result is short: the gap taken apart exactly, factor by factor."""
