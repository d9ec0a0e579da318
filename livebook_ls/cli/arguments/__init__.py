"""What arguments of several commands mean: notebooks, what git ignores, where Livebook is."""
