"""A notebook to the text that Livebook writes."""
