"""Whether each step towards a plan falls evenly on the groups an organisation chooses to look at."""
