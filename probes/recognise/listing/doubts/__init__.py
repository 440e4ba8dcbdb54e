"""What speaks against a reading of a page: why it is no listing, and why it is not all of one."""
