"""The metric blocks every pack includes: one catalogue for sellers and recruiters."""
