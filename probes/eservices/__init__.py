"""The probe of portals of e-services: which services, interfaces and pages of operators a stranger gets to."""
