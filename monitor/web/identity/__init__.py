"""Who somebody is, and what they may read and do: a role and a scope on one grant."""
