"""Checks of the project's own files that no ready tool does alone."""
