"""What a user can ask for by name."""
