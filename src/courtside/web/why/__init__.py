"""The page that says where a result is short."""
