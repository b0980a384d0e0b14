"""`lectern admin`."""

import typer
from rich.console import Console

from serve.admins import make_admin
from serve.commands.configured import configured
from serve.local_database import studio_database

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def admin() -> None:
    """Administrators of the studio."""


@app.command("create")
def create_admin(email: str, username: str) -> None:
    """Make an administrator. On one machine, `lectern up` must run.

    Asks for the password, unless LECTERN_ADMIN_PASSWORD holds it.
    """
    given = configured().admin_password
    password = (
        given.get_secret_value()
        if given
        else typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    )
    with studio_database(configured()) as database:
        make_admin(database, email, username, password)
    Console().print(f"{username} is an administrator.", highlight=False)
