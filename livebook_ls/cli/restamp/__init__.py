"""`restamp`: stamps made valid again for notebooks that git knows with a valid one."""
