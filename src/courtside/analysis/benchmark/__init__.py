"""Like with like: who and what differs, allowing for what was handed and for chance."""
