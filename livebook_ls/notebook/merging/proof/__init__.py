"""What must hold of a merged text before it is believed."""
