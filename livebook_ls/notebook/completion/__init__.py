"""What may be written at a place of the format itself: fences, comments, links, whole blocks."""
