"""A range of made-up hosts, open and closed, of many makings, each with the right answer."""
