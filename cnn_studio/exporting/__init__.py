"""A run's model in the forms that other programs use, each compared with the studio's answers."""
