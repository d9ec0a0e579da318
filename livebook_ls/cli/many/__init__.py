"""One command, many notebooks: each in its turn, by several processes, and how far it has come."""
