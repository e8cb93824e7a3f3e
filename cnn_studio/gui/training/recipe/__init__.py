"""How the network is trained: chosen by name, changed field by field."""
