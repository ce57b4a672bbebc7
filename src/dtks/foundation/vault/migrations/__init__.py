"""Tables of the vault, in order."""
