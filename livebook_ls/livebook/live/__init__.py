"""A session joined as its page does: Phoenix and the page, nothing of editors, nor when to run."""
