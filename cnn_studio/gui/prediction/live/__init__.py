"""The camera named live: the thread that classifies, and what is read off it."""
