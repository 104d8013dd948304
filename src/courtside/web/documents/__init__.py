"""The pages of documents: reading, signing, declining, attesting; and the file of a person."""
