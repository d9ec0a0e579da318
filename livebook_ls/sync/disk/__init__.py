"""A notebook's file: read whole, put back, watched, and what git knows of it."""
