"""A Livebook started as a process of its own."""
