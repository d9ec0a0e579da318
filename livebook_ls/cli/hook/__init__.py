"""The command `hook`, for coding agents."""
