"""The recipes of docs/integrator.md check what the studio signs, and nothing else."""

import json
import re
import shutil
import subprocess
import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.deliveries import sign

PAGE = Path(__file__).parents[2] / "docs" / "integrator.md"
SECRET, OLD, OTHER = "whsec_new", "whsec_old", "whsec_other"
BODY = '{"id": "1", "title": "Ärger: “…”"}'.encode()

Check = Callable[[bytes, str, str], bool]


def now() -> int:
    """Asked by each test: a signature is good for minutes, and a whole run takes longer."""
    return int(time.time())


def good(seconds: int) -> str:
    return sign([SECRET], BODY, seconds)


def block(language: str) -> str:
    """The only block of this language in the section on webhooks."""
    section = PAGE.read_text(encoding="utf-8").split("\n## Webhooks\n")[1].split("\n## ")[0]
    (found,) = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
    return str(found)


def python_recipe() -> Check:
    names: dict[str, Any] = {}
    exec(block("python"), names)
    recipe: Check = names["is_from_lectern"]
    return recipe


def node_recipe() -> Check:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node here")
    asked = "const [body, header, secret] = JSON.parse(process.argv[1]);"
    told = 'console.log(isFromLectern(Buffer.from(body, "base64"), header, secret));'

    def check(body: bytes, header: str, secret: str) -> bool:
        given = json.dumps([b64encode(body).decode(), header, secret])
        program = "\n".join([block("js"), asked, told])
        ran = subprocess.run(
            [node, "--input-type=module", "--eval", program, given],
            capture_output=True,
            check=True,
            text=True,
            timeout=300,
        )
        return ran.stdout.strip() == "true"

    return check


@pytest.fixture(params=[python_recipe, node_recipe], ids=["python", "node"])
def is_from_lectern(request: pytest.FixtureRequest) -> Check:
    recipe: Check = request.param()
    return recipe


def test_what_the_studio_signs_is_accepted(is_from_lectern: Check) -> None:
    assert is_from_lectern(BODY, good(now()), SECRET)


def test_either_secret_is_good_during_a_change(is_from_lectern: Check) -> None:
    both = sign([SECRET, OLD], BODY, now())
    assert both.count("v1=") == 2
    assert is_from_lectern(BODY, both, OLD)
    assert is_from_lectern(BODY, both, SECRET)
    assert not is_from_lectern(BODY, both, OTHER)


@pytest.mark.parametrize(
    ("body", "header", "secret"),
    [
        (BODY, good, OTHER),
        (BODY + b" ", good, SECRET),
        (BODY, lambda now: good(now - 3600), SECRET),
        (BODY, lambda now: good(now).replace(f"t={now}", f"t={now + 1}"), SECRET),
        (BODY, lambda now: f"t={now}", SECRET),
        (BODY, lambda now: good(now).partition(",")[2], SECRET),
        (BODY, lambda now: f"t={now},{good(now)}", SECRET),
        (BODY, lambda now: good(now).replace("v1=", "v0="), SECRET),
        (BODY, lambda now: f"t={now},v1=", SECRET),
        (BODY, lambda now: f"t={now},v1=ü", SECRET),
        (BODY, lambda _: "t=now,v1=yes", SECRET),
        (BODY, lambda _: "", SECRET),
    ],
    ids=[
        "another secret", "another body", "long ago", "another time", "no signature", "no time",
        "two times", "another version", "an empty one", "no hexadecimal", "no number", "nothing",
    ],
)  # fmt: skip
def test_anything_else_is_refused(
    is_from_lectern: Check, body: bytes, header: Callable[[int], str], secret: str
) -> None:
    assert not is_from_lectern(body, header(now()), secret)
