"""The first page, other eyes, help, and what is shown when something is not there."""
