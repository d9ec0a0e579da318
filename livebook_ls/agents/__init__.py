"""Coding agents: their hooks' payloads in, the safe sync, and answers where the model reads."""
