"""The application database: batches, definitions in force, mappings and the log of acts."""
