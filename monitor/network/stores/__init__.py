"""Object stores: one conversation with many hosts, their addresses, and signatures where an owner gave a key."""
