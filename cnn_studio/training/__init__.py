"""From a dataset and a recipe to a trained model."""
