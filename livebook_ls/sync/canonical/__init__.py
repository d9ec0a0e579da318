"""Livebook's own form of a text, asked for before a save, for stamps and on request."""
