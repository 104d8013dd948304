"""Pages of the site: plans."""
