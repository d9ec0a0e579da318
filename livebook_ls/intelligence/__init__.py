"""Help with the code inside cells: one question, several who can answer, in order and in time."""
