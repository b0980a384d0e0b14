"""The commands of `lectern`: each is found, and none loads what it does not use."""

import socket
import subprocess
import sys
from importlib import import_module

import pytest
from typer.main import get_command

from serve.cli import COMMANDS, Entry
from serve.client import StudioClient, StudioUnreachable
from serve.commands.configured import SettingsWrong, configured
from serve.local_database import DatabaseUnreachable, studio_database
from serve.services.ports import OWN_RANGE, PortInUse, free_port
from serve.settings import Settings
from serve.up import with_port

HEAVY = {"fastapi", "ray", "torch", "openai", "scipy", "alembic", "sqlalchemy", "av", "boto3"}


def loaded_by(line: str) -> set[str]:
    """Which heavy packages a fresh interpreter has loaded after this line."""
    program = f"import sys\n{line}\nsys.stderr.write(' '.join({HEAVY!r} & set(sys.modules)))"
    run = [sys.executable, "-c", program]
    return set(subprocess.run(run, capture_output=True, check=True, text=True).stderr.split())


def test_help_loads_neither_the_studio_nor_an_engine() -> None:
    help_ = "from serve.cli import app; app(['--help'], standalone_mode=False)"
    assert loaded_by(help_) == set()


def test_what_only_asks_a_studio_or_reads_files_loads_no_studio() -> None:
    light = ("make", "batch", "models", "verify", "provenance")
    assert loaded_by(f"import {', '.join(f'serve.commands.{name}' for name in light)}") == set()


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_the_list_says_of_a_command_what_the_command_says_of_itself(entry: Entry) -> None:
    command = get_command(import_module(entry.module).app)
    said = (command.help or "").split("\n\n")[0]
    assert (entry.name, entry.help.split()) == (entry.name, said.split())


def test_settings_that_cannot_be_read_are_named_without_their_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LECTERN_PORT", "eight thousand")
    monkeypatch.setenv("LECTERN_JWT_SECRET", "not to be shown")
    with pytest.raises(SettingsWrong, match=r"LECTERN_PORT: .*integer") as refused:
        configured()
    monkeypatch.setenv("LECTERN_PORT", "8000")
    monkeypatch.setenv("LECTERN_ENVIRONMENT", "production")
    with pytest.raises(SettingsWrong, match="production needs LECTERN_DATABASE_URL") as bare:
        configured()
    monkeypatch.setenv("LECTERN_REMOTE_SPEECH_EXTRA", "{not json")
    with pytest.raises(SettingsWrong, match="remote_speech_extra"):
        configured()
    assert not any("not to be" in str(told.value) for told in (refused, bare))


def test_a_studio_that_does_not_answer_is_told_of_in_a_sentence() -> None:
    nobody = f"http://127.0.0.1:{free_port(OWN_RANGE.start)}"
    with pytest.raises(StudioUnreachable, match=nobody), StudioClient(nobody, "ada", "secret"):
        pass


def test_a_database_that_does_not_answer_is_told_of_in_a_sentence() -> None:
    url = f"postgresql://lectern@127.0.0.1:{free_port(OWN_RANGE.start)}/lectern"
    with (
        pytest.raises(DatabaseUnreachable, match="refused"),
        studio_database(Settings(database_url=url)) as database,
        database.transaction() as rows,
    ):
        rows.connection()


def test_the_port_changes_only_where_nobody_counts_on_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        # as it comes from the defaults: nobody has set it
        untouched = Settings.model_construct(set(), port=port)
        assert with_port(untouched).port in OWN_RANGE
        behind_a_proxy = Settings.model_construct(
            set(), port=port, s3_public_endpoint_url="https://files.example.org"
        )
        for counted_on in (Settings(port=port), behind_a_proxy):
            with pytest.raises(PortInUse):
                with_port(counted_on)
