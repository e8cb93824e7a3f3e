"""The datasets of the workspace in the window: chosen, made, changed, deleted, given back."""
