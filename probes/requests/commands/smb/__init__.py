"""Commands of SMB: versions 2 and 3, and the first one."""
