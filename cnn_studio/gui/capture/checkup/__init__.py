"""What a checkup finds, and what is done about it."""
