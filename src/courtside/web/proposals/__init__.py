"""Pages of the site: proposals of rules, deciding them, and the evidence as its person reads it."""
