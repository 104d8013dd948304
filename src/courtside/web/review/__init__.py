"""The page of metrics on trial."""
