"""The runs: listed, sorted, noted, compared, deleted."""
