"""What is told to an agent's model, and through which channel."""
