"""Links in a notebook's Markdown: where they are, where they lead, and what mends them."""
