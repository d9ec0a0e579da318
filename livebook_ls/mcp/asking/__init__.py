"""What a person is asked before something runs."""
