"""`lectern migrate-database`."""

import typer

from db.schema import migrate
from serve.admins import make_first_admin
from serve.local_database import studio_database
from serve.settings import Settings

app = typer.Typer(add_completion=False)


@app.command()
def migrate_database() -> None:
    """Bring DATABASE_URL to the tables of this version, and make the first administrator if the
    environment names one; `lectern up` does both by itself."""
    url = Settings().database_url
    if url is None:
        raise typer.BadParameter("DATABASE_URL is not set")
    migrate(url)
    with studio_database(Settings()) as database:
        make_first_admin(database, Settings())
