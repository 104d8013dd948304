"""Pages of the site: data."""
