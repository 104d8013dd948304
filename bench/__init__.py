"""How fast the product is beside hand-written queries, and whether both say the same."""
