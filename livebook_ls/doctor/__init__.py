"""What stands between an editor and a Livebook: looked at, and told as observations."""
