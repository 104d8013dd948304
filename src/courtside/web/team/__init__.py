"""Pages of the site: team."""
