"""The pages of like with like."""
