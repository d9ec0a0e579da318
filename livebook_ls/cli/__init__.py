"""The front for terminals, scripts and CI."""
