"""The user's own Elixir as one helper process, which reads notebooks' code and never runs it."""
