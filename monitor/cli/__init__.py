"""The command line: one file a command, in folders by what one wants to do."""
