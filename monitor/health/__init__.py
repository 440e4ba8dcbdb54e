"""Can we see, can we tell: what is wrong with ourselves."""
