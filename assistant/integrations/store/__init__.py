"""The assistant's own state in SQL: SQLite by default, PostgreSQL when a team outgrows one machine."""
