"""CNN Studio: capture images, train the shared CNN, classify live."""

__version__ = "0.1.0"
