"""Markdown as Livebook's parser reads it: lines, blocks, and what stands within them."""
