"""Pages of the site: log."""
