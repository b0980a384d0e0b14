"""What alembic runs: on the connection that ``db.schema`` hands over, or on ``-x url=…``."""

from alembic import context
from sqlalchemy import Connection, NullPool, create_engine

from db.models import Base
from db.session import psycopg2_url


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    url = context.get_x_argument(as_dictionary=True)["url"]
    with create_engine(psycopg2_url(url), poolclass=NullPool).begin() as connection:
        run(connection)


main()
