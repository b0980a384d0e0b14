"""Ports, secrets, folders and signals of the services, without any service."""

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import ServiceFailed
from serve.services.folders import private_folder
from serve.services.ports import OWN_RANGE, PortInUse, claim, free_port, is_free
from serve.services.process import last_words, launch, running, stop, wait_until
from serve.services.secrets import Secrets, keep_secrets, write_privately
from serve.services.signals import interrupted_by_signals, set_by_signals, undisturbed

PATIENCE_SECONDS = 300.0


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def taken_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_taken_port_is_replaced_by_one_of_ours(taken_port: int):
    assert not is_free(taken_port)
    assert free_port(taken_port) in OWN_RANGE


def test_a_port_whose_neighbour_is_taken_is_replaced(taken_port: int):
    assert free_port(taken_port - 7, offsets=(0, 7)) != taken_port - 7


def test_a_port_that_somebody_counts_on_is_not_replaced(taken_port: int):
    free = free_port(OWN_RANGE.start)
    assert claim(free, "127.0.0.1", "LECTERN_PORT") == free
    with pytest.raises(PortInUse, match=str(taken_port)) as refused:
        claim(taken_port, "127.0.0.1", "LECTERN_PORT")
    assert "LECTERN_PORT" in refused.value.advice


def test_an_address_that_is_not_ours_cannot_be_claimed():
    with pytest.raises(PortInUse, match=r"192\.0\.2\.77"):
        claim(free_port(OWN_RANGE.start), "192.0.2.77", "LECTERN_PORT")


def test_a_port_promised_to_another_service_is_not_given_twice():
    port = free_port(OWN_RANGE.start)
    assert free_port(port, taken=[port]) != port


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path):
    file = tmp_path / "secrets.json"
    made = keep_secrets(file)
    assert mode(file) == 0o600
    assert keep_secrets(file) == made
    assert keep_secrets(tmp_path / "others.json").jwt_secret != made.jwt_secret
    assert len(made.jwt_secret) >= 32


def test_secrets_of_an_older_studio_are_kept_and_completed(tmp_path: Path):
    file = tmp_path / "secrets.json"
    write_privately(file, '{"jwt_secret": "old"}')
    completed = keep_secrets(file)
    assert completed.jwt_secret == "old"
    assert keep_secrets(file) == completed


def test_a_file_of_secrets_that_others_could_read_is_closed(tmp_path: Path):
    file = tmp_path / "secrets.json"
    made = keep_secrets(file)
    file.chmod(0o644)
    assert keep_secrets(file) == made
    assert mode(file) == 0o600


def test_damaged_secrets_are_not_replaced_in_silence(tmp_path: Path):
    file = tmp_path / "secrets.json"
    file.write_text("{")
    with pytest.raises(ServiceFailed, match=r"secrets\.json"):
        keep_secrets(file)
    assert file.read_text() == "{"


def test_each_secret_is_its_own():
    made = Secrets()
    values = [getattr(made, name) for name in made.__slots__]
    assert len(set(values)) == len(values)


def test_a_private_folder_is_closed_to_others(tmp_path: Path):
    folder = tmp_path / "open"
    folder.mkdir(mode=0o777)
    private_folder(folder)
    assert mode(folder) == 0o700


def test_a_folder_under_anothers_link_is_refused(tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ServiceFailed, match="someone else"):
        private_folder(tmp_path / "link")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(tmp_path: Path):
    folder = tmp_path / "foreign"
    folder.mkdir()
    os.chown(folder, 65534, -1)
    with pytest.raises(ServiceFailed, match="someone else"):
        private_folder(folder)


def test_a_program_that_cannot_start_is_told_with_its_reason(tmp_path: Path):
    with pytest.raises(ServiceFailed, match="No such file"):
        launch("x", [tmp_path / "no-program"], tmp_path / "log")


def test_a_program_that_ends_too_soon_is_told_with_its_last_words(tmp_path: Path):
    log = tmp_path / "log"
    process = launch("x", [sys.executable, "-c", "raise SystemExit('no space left')"], log)
    with pytest.raises(ServiceFailed, match=r"(?s)ended with 1.*no space left"):
        wait_until(lambda: False, process, log, "x", PATIENCE_SECONDS)


def test_a_program_that_is_never_ready_is_told(tmp_path: Path):
    log = tmp_path / "log"
    process = launch("x", [sys.executable, "-c", "import time; time.sleep(600)"], log)
    with pytest.raises(ServiceFailed, match="not ready"):
        wait_until(lambda: False, process, log, "x", 0)
    stop(process, ())
    assert process.poll() == -signal.SIGKILL


def test_a_program_that_ignores_a_signal_gets_the_next_one(tmp_path: Path):
    program = (
        "import signal, time; signal.signal(15, signal.SIG_IGN);"
        # a shell without a terminal starts its programs deaf to Ctrl-C
        "signal.signal(2, signal.SIG_DFL); print(1, flush=True);"
    )
    log = tmp_path / "log"
    process = launch("x", [sys.executable, "-c", program + "time.sleep(600)"], log)
    wait_until(lambda: last_words(log) == "1", process, log, "x", PATIENCE_SECONDS)
    stop(process, ((signal.SIGTERM, 0.2), (signal.SIGINT, PATIENCE_SECONDS)))
    assert process.returncode == -signal.SIGINT or process.returncode == 1
    stop(process, ((signal.SIGTERM, 1.0),))


def test_a_program_is_found_by_the_folder_it_was_given_and_by_nothing_less(tmp_path: Path):
    folder = str(tmp_path / "data")
    program = Path(sys.executable).name
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", folder])
    try:
        # a program has no command line before it is loaded
        wait_until(
            lambda: any(running(program, folder)),
            process,
            tmp_path / "log",
            program,
            PATIENCE_SECONDS,
        )
        assert [each.pid for each in running(program, folder)] == [process.pid]
        assert list(running(program, str(tmp_path))) == []
        assert list(running("another", folder)) == []
    finally:
        stop(process, ())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_interrupts_or_sets_an_event_and_is_then_as_before(number: int):
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), interrupted_by_signals():
        signal.raise_signal(number)
    with set_by_signals() as stopped:
        assert not stopped.is_set()
        signal.raise_signal(number)
        assert stopped.is_set()
    assert signal.getsignal(number) == before


def test_a_signal_waits_until_what_must_not_be_disturbed_is_done():
    done = []

    def clean_up() -> None:
        with undisturbed():
            signal.raise_signal(signal.SIGTERM)
            done.append("all of it")
        done.append("never")

    with pytest.raises(KeyboardInterrupt), interrupted_by_signals():
        clean_up()
    assert done == ["all of it"]
