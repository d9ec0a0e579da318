"""Blocks to a notebook, as Livebook's importer makes it."""
