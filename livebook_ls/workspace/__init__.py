"""The notebooks in folders: found, remembered for searches, read for links; nothing is written."""
