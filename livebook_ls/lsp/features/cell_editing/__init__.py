"""Edits of cells and sections: what each is called, and where it is offered."""
