"""Pages of the site: metrics."""
