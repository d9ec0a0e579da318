"""The command `import`, whose own name no module can have."""
