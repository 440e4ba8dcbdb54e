"""What a round looks at: whose turn it is, and the targets that follow from it."""
