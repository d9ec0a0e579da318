"""Two notebooks that began as one become one again, or are told apart."""
