"""What Livebook's pages say, read by the attributes of their elements."""
