"""The history of the tables of privacy."""
