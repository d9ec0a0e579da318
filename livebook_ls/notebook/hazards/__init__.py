"""What Livebook would do to a text that its author would not want."""
