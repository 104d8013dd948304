"""Pages of the site: account."""
