"""Stand-ins for the far sides, for the demo and the tests: a Livebook, and an editor."""
