"""Area scope, below the ORM: whose rows a process may see and change, enforced by the database.

Comes in: the areas of the one who acts (`limited_to`). Goes out: the same SQL everywhere, which sees only
rows whose `area_number` lies in them. Always true: without a scope no scoped table can be read or written; a
scope inside a scope can only narrow it; PostgreSQL enforces it by row-level security for a role that neither
owns the tables nor may bypass it, SQLite by views of the same names that stand before the tables on every
connection.
"""
