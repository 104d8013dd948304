"""Score cards: what each figure says of whom, how sure it is, and the one place that puts a verdict into words."""
