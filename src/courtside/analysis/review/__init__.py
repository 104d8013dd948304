"""Metrics on trial: whether each varies, lasts, comes before its result, and is recorded as it happened."""
