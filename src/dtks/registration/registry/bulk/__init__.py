"""Whole tables into the register: prepare, match with what is known, stage, write. All steps are set-based.

New subjects go straight into the tables (COPY on PostgreSQL, executemany on SQLite) and never pay for a
comparison. Known subjects go into temporary tables, from where the database compares them with what is on
record and adds what differs.
"""
