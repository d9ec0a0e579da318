"""What is asked of a joined session, and done in it, before a text is sent there."""
