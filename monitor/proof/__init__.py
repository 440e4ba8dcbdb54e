"""Proof that we looked, what we saw, and that nothing was changed: the log, its witness, the bundle, the verifier."""
