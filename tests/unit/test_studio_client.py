"""The studio's client is made from the description of the interface, and follows it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
UI = ROOT / "ui"


def test_the_client_s_types_are_those_of_the_interface(tmp_path: Path) -> None:
    made = tmp_path / "schema.d.ts"
    subprocess.run(
        [sys.executable, UI / "client.py", made],
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    kept = UI / "src" / "client" / "schema.d.ts"
    assert made.read_text("utf-8") == kept.read_text("utf-8"), "run `make client`, and commit it"
