"""The command `mcp`, for coding agents."""
