"""Notebooks of other forms made into Livebook's, and back: Jupyter, scripts, plain Markdown."""
