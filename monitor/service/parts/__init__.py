"""The parts of the service that run side by side, each of which may fail alone."""
