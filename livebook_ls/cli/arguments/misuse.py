"""Arguments that are each in order, but not together."""


class Misuse(Exception):
    """What is wrong with the arguments; the program says it with its usage, and exits with 2."""
