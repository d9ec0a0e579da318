"""`merge`: three versions of a notebook made one."""
