"""Whole tables into the register: prepare, match with what is known, stage, write. All steps are set-based.

The rows of a chunk go once into temporary tables (COPY on PostgreSQL, executemany on SQLite), with the keys
of known records already found; from there INSERT … SELECT fills the tables of the register. A chunk in which
everything is new never pays for a comparison.
"""
