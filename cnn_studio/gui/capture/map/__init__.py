"""The map: all images of a dataset as points, those that look alike side by side."""
