"""Lines: where they differ, three versions made one, their ends, and git's markers among them."""
