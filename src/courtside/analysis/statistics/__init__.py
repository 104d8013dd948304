"""The arithmetic of evidence: intervals, shrinkage, limits, sequential tests; it knows no metric."""
