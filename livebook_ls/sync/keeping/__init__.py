"""What is kept of notebooks in the user's state folder, between processes and across restarts."""
