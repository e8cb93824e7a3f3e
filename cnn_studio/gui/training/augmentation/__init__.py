"""How strongly training images are varied, and what that looks like."""
