"""A notebook changed cell by cell: text and place in, another text or a refusal out."""
