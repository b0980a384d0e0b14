"""`lectern doctor`."""

import asyncio

import typer
from rich.console import Console
from rich.table import Table

from serve.doctor import examine
from serve.settings import Settings

app = typer.Typer(add_completion=False)


@app.command()
def doctor() -> None:
    """Say what is there, what each engine and package lacks, and what to do about it."""
    table = Table("part", "what", "", "what it lacks", box=None)
    for row in asyncio.run(examine(Settings())):
        state = "[green]ready" if row.missing is None else "[yellow]not here"
        table.add_row(row.part, row.name, state, row.missing or "")
    Console().print(table)
