"""The handlers of the protocol's messages."""
