"""What firms export, turned into record tables: one folder a connector, each with its own example."""
