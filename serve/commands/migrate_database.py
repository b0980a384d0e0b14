"""`lectern migrate-database`."""

import typer

from db.schema import migrate
from serve.admins import make_first_admin
from serve.commands.configured import configured
from serve.local_database import reaching_the_database, studio_database

app = typer.Typer(add_completion=False)


@app.command()
def migrate_database() -> None:
    """Bring DATABASE_URL to the tables of this version, and make the first administrator if the
    environment names one; `lectern up` does both by itself."""
    url = configured().database_url
    if url is None:
        raise typer.BadParameter("DATABASE_URL is not set")
    with reaching_the_database():
        migrate(url)
    with studio_database(configured()) as database:
        make_first_admin(database, configured())
