"""Archives of medical images and interfaces of records, by protocols of their own."""
