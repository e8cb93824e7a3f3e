"""Edits that can be undone, their history, and the trash."""
