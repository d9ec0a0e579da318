"""What may follow at the cursor, as completion items in the form that the client takes."""
