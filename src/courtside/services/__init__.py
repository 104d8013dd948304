"""What people can do, one verb a file: each checks, changes, logs and brings the figures up to date."""
