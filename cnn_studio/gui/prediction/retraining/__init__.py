"""From taught pictures to a model that has learned them, without leaving the prediction tab."""
