"""Attacks on a fleet: a real broker, a real hub and real workers, whose looks alone are scripted."""
