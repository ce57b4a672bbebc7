"""Registration: who is who, and what is true of them. Built on the foundation."""
