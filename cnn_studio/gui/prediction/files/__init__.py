"""Files that are dropped: classified in the background, listed and looked at."""
