"""The HTTP API, version 1: the read models of the pages, as JSON."""
