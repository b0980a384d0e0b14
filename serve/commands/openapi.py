"""`lectern openapi`."""

import json

import typer

from serve.description import description

app = typer.Typer(add_completion=False)


@app.command()
def openapi() -> None:
    """Print the description of the HTTP interface (OpenAPI 3.1), without starting anything."""
    typer.echo(json.dumps(description(), ensure_ascii=False, indent=2))
