"""Portals of e-services: which services they offer, which of them ask for a login, and which are sensitive by name."""
