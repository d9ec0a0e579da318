"""`diff`: what changed from one notebook to another."""
