"""The open documents, their text, and what is shown on them."""
