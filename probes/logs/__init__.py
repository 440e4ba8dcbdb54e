"""The probe of access logs: whether what they say is what was done."""
