"""Legal duties that have a clock, as dated data: one TOML file for each version of each law."""
