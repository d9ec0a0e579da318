"""The command `check`: problems of notebooks found, reported and mended."""
