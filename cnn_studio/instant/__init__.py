"""What good features make possible at once, without a training."""
