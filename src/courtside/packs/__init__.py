"""Vocabulary packs: metric blocks, pipeline stages, parameters and default score cards, all as YAML."""
