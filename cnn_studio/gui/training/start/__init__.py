"""What to learn from and whether it can begin, and the button."""
