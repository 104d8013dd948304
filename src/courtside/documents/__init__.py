"""Documents: templates of known placeholders, printed, sealed and verified."""
