"""Where a Livebook is, or may be."""
