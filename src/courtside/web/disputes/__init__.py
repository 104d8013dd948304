"""Pages of the site: disputes."""
