"""The stand-in's pages for people."""
