"""What the editor shows of a notebook, one file a feature."""
