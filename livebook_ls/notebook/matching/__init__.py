"""Which cell is which: of two texts, and of a text and a session."""
