"""The connection to a client: its streams, its protocol, its log."""
