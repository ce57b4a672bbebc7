"""Django migrations of the runs."""
