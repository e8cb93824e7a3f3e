"""Which model classifies."""
