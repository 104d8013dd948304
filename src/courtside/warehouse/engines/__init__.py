"""The databases that can answer: one file each."""
