"""A model exported for other programs: chosen, watched and told."""
