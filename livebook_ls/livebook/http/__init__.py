"""Requests to a Livebook, and what each answers."""
