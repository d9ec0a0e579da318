"""Edits that say exactly what they change, and are proven to read back as exactly that."""
