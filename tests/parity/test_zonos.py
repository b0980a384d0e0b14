"""Zonos equals the reference: golden vectors, stand-in weights, the tolerances of the README."""

from functools import cache
from pathlib import Path

import pytest
import torch

from deployments.zyphra.zonos.verification.check import Check
from deployments.zyphra.zonos.verify import verify

GOLDEN = Path(__file__).parent / "zonos"
FILES = sorted({path.stem for path in GOLDEN.iterdir()})


@cache
def checks() -> list[Check]:
    torch.set_num_threads(1)
    return verify(GOLDEN, report=lambda check: None)


@pytest.mark.parametrize("file", FILES)
def test_every_check_of_a_golden_file_is_within_its_tolerance(file: str) -> None:
    made = [check for check in checks() if check.file == file]
    assert made
    assert [check for check in made if not check.ok] == []


def test_changed_weights_are_noticed(tmp_path: Path) -> None:
    for path in GOLDEN.glob("e2e_tinyA_seed0.*"):
        text = path.read_bytes()
        (tmp_path / path.name).write_bytes(text.replace(b'"seed": 0', b'"seed": 7'))
    made = verify(tmp_path, report=lambda check: None)
    assert {"prefix", "greedy logits", "greedy choices"} <= {c.what for c in made if not c.ok}


def test_folder_without_golden_files_gives_no_checks(tmp_path: Path) -> None:
    (tmp_path / "notes.json").write_text("{}")
    assert verify(tmp_path, report=lambda check: None) == []


def test_checks_are_reported_in_the_order_they_are_made(tmp_path: Path) -> None:
    for path in (*GOLDEN.glob("delay_pattern.*"), *GOLDEN.glob("loop_scripted.*")):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    reported: list[Check] = []
    assert verify(tmp_path, reported.append) == reported
    assert {check.file for check in reported} == {"delay_pattern", "loop_scripted"}
