"""The probe of names that must lead nowhere."""
