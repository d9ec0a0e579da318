"""`merge-driver`: notebooks merged cell by cell by git."""
