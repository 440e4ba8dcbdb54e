"""What protects the server of the dashboard: a budget of connections, limits of asking, security of every answer."""
