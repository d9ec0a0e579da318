"""A notebook's text in pieces: titles, headings and cells as they are written."""
