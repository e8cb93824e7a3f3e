"""What the demo camera shows: drawn objects, painted grounds, and the scenes made of them."""
