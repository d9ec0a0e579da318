"""Links that name a definition elsewhere, of which Livebook drops the definition."""
