"""Pages of the site: leaks."""
