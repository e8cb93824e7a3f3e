"""Pixels only: reading and writing images, and the one way to prepare them."""
