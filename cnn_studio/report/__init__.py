"""A run told in one file that any browser opens."""
