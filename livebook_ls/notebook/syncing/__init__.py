"""What a sync makes of a session, foreseen."""
