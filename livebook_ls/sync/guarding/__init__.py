"""The judgement before a text is sent: what a sync of it would lose, and whether it may go."""
