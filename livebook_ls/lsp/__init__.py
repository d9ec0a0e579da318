"""The front for editors: the only room that knows the Language Server Protocol."""
