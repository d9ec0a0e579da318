"""Where the pieces of a merged notebook stand, and which of them have to."""
