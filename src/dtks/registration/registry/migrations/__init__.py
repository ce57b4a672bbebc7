"""How the register came to be, step by step."""
