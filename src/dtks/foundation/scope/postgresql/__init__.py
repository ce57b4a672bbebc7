"""Django's PostgreSQL backend with area scope: each connection tells the server the scope in force."""
