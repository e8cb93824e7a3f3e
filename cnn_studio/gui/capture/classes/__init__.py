"""The list of classes: shown, named, ordered, coached."""
