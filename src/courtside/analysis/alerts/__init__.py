"""What changed this week that somebody should look at, at most two a person."""
