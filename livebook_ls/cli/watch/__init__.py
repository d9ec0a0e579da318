"""The command `watch`: sessions that follow their files."""
