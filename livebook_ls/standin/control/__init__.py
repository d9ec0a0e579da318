"""How a test or demo looks into the stand-in, and makes it fail."""
