"""The capture tab."""
