"""What the client can do, and what it is told beside documents."""
