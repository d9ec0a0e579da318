"""The command `inspect`: what Livebook will make of notebooks."""
