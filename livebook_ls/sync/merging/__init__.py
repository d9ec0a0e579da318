"""What a save and the browser's edits come to: pure; nothing here reads or writes."""
