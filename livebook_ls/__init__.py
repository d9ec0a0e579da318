"""The safe way between an editor and a Livebook session."""

__version__ = "0.1.0"
