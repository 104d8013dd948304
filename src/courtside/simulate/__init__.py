"""A staffing firm with known truth: people, stories and records made from a seed. Imports only records."""
