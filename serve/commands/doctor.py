"""`lectern doctor`."""

import asyncio

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from serve.commands.configured import configured
from serve.doctor import examine

app = typer.Typer(add_completion=False)


@app.command()
def doctor() -> None:
    """Say what is there, what each engine and package lacks, and what to do about it."""
    table = Table("part", "what", "", "what it lacks", box=None)
    for row in asyncio.run(examine(configured())):
        state = "[green]ready" if row.missing is None else "[yellow]not here"
        table.add_row(row.part, row.name, state, escape(row.missing or ""))
    Console().print(table)
