"""What people do, whichever way they come: from the command line, from a page or from a program."""
