"""How Elixir prints, reads JSON and differs lists, where what Livebook writes depends on it."""
