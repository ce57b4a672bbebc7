"""Django's SQLite backend with area scope: on every connection, a view stands before each scoped table.

SQLite looks a name up among a connection's temporary objects first. So `SELECT … FROM registry_person`,
whoever wrote it, reads the view, which shows the rows in scope; a view cannot be written to, and only this
backend and the register's bulk load name the table behind it (`main.registry_person`; a lint rule keeps it
so). What they write is checked: a row outside the scope is refused, one that cannot be seen cannot be
changed.
"""
