"""From answers to judgement: how sure a figure is, and what may be said about it. Pure arithmetic."""
