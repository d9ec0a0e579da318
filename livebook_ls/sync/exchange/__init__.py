"""The call and its aftermath: a text sent, its write-back awaited, its arrival proven."""
