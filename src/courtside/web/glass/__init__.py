"""Break-glass: asking to see one person's record, agreeing to it, and seeing that it stands."""
