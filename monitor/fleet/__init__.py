"""Many machines that look for one installation."""
