"""The sentences that are told about a notebook beside its text, for every front."""
