"""Commands, through stdio."""
