"""What an agent says that it did or will do."""
