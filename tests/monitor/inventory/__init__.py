"""The inventory: reading, expanding, scope, schema, manual."""
