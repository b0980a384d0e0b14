"""The commands of `lectern`: each is found, and none loads what it does not use."""

import subprocess
import sys
from importlib import import_module

import pytest
from typer.main import get_command

from serve.cli import COMMANDS, Entry

HEAVY = {"fastapi", "ray", "torch", "openai", "scipy", "alembic", "sqlalchemy", "av", "boto3"}


def loaded_by(line: str) -> set[str]:
    """Which heavy packages a fresh interpreter has loaded after this line."""
    program = f"import sys\n{line}\nsys.stderr.write(' '.join({HEAVY!r} & set(sys.modules)))"
    run = [sys.executable, "-c", program]
    return set(subprocess.run(run, capture_output=True, check=True, text=True).stderr.split())


def test_help_loads_neither_the_studio_nor_an_engine() -> None:
    help_ = "from serve.cli import app; app(['--help'], standalone_mode=False)"
    assert loaded_by(help_) == set()


@pytest.mark.parametrize("command", ["make", "batch", "models", "verify", "provenance"])
def test_what_only_asks_a_studio_or_reads_files_loads_no_studio(command: str) -> None:
    assert loaded_by(f"import serve.commands.{command}") == set()


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_the_list_says_of_a_command_what_the_command_says_of_itself(entry: Entry) -> None:
    command = get_command(import_module(entry.module).app)
    said = (command.help or "").split("\n\n")[0]
    assert (entry.name, entry.help.split()) == (entry.name, said.split())
