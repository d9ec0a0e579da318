"""Cells run on a person's word: which ones, after which sync, and what became of them."""
