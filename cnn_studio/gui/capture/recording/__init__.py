"""From the camera's picture to frames in a class."""
