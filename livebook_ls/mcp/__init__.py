"""The notebook as tools for models, by the Model Context Protocol."""
