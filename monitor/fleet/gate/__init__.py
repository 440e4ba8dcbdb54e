"""The gate: batches and results over HTTPS, for vantages in networks from which no broker can be reached."""
