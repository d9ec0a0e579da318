"""Our entries in agents' configuration files."""
