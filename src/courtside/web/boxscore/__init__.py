"""Pages of the site: boxscore."""
