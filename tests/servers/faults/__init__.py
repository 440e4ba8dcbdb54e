"""Ways in which a server goes wrong, grouped by where: on the wire, in the body, in the status, in TLS, as a site."""
