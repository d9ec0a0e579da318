"""The command `run`: cells of notebooks run, and what they gave."""
