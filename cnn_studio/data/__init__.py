"""Datasets on disk: cards, class folders, sessions and the honest split."""
