"""Migrations of the areas."""
