"""Alembic's entry: runs the migrations on the connection that ``open_database`` passes in."""

from alembic import context

from assistant.integrations.store.database import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
