"""A question about metrics in, answers out: immutable batches of records, one small rollup, compiled queries."""
