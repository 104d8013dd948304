"""Pages of the site: ladder."""
