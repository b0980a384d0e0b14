"""Writes the types of the studio's client from the description of the HTTP interface.

``npm run client`` writes src/client/schema.d.ts; ``python client.py FILE`` writes another file.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, cast

from serve.deps import Studio
from serve.ingress import create_app
from serve.security import Tokens

HERE = Path(__file__).parent
OPTIONS = ("--root-types", "--root-types-no-schema-prefix", "--default-non-nullable=false")
"""What has a default can be left out of a body."""
GENERATOR = HERE / "node_modules" / ".bin" / "openapi-typescript"


def description() -> dict[str, Any]:
    """Of a studio none of whose parts is there: they do not change what it offers."""
    parts = dict.fromkeys(("database", "storage", "script", "speech", "video", "find_face"))
    studio = Studio(**cast(Any, parts), tokens=Tokens("x" * 32), version="0")
    return create_app(studio).openapi()


def write_types(out: Path) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(description(), file)
        file.flush()
        command = [GENERATOR, file.name, *OPTIONS]
        subprocess.run([*command, "--output", out], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    write_types(Path(sys.argv[1]) if sys.argv[1:] else HERE / "src" / "client" / "schema.d.ts")
