"""Quick fixes: edits of the text, tied to what is told about it."""
