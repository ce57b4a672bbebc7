"""The history of the tables of imports."""
