"""Writes the types of the studio's client from the description of the HTTP interface.

``npm run client`` writes src/client/schema.d.ts; ``python client.py FILE`` writes another file.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from serve.description import description

HERE = Path(__file__).parent
OPTIONS = ("--root-types", "--root-types-no-schema-prefix", "--default-non-nullable=false")
"""What has a default can be left out of a body."""
GENERATOR = HERE / "node_modules" / ".bin" / "openapi-typescript"


def write_types(out: Path) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(description(), file)
        file.flush()
        command = [GENERATOR, file.name, *OPTIONS]
        subprocess.run([*command, "--output", out], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    write_types(Path(sys.argv[1]) if sys.argv[1:] else HERE / "src" / "client" / "schema.d.ts")
