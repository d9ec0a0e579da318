"""The safe way: open, sync and restamp, each guarded, one state per notebook."""
