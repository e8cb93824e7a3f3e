"""Sorting photos without classes: the sure ones at once, the others one by one."""
