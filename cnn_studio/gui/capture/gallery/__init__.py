"""The images of a class: filtered, sorted, looked at large, reviewed."""
