"""Pages of the site: people."""
