"""What screens and API show, read under one scope, as JSON values."""
