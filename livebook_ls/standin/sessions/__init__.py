"""The sessions of the stand-in, and the notebooks that they hold."""
