"""What happened: the nouns of sales, and the days they happened on. No arithmetic on figures."""
