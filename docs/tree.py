"""Prints the tree of the project, a line a file, from what each file says of itself.

``python docs/tree.py`` prints it; ``python docs/tree.py --write`` puts it into docs/tree.md.
"""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("serve", "pipeline", "deployments", "db", "bench")
OUT = ROOT / "docs" / "tree.md"


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *(f"{name}/**.py" for name in PACKAGES)],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    names = [Path(name) for name in listed.stdout.split("\0") if name]
    return sorted(names, key=lambda path: (path.parent.parts, path.name))


def purpose(path: Path) -> str:
    """The first sentence of the module's docstring; empty where it has none."""
    said = ast.get_docstring(ast.parse((ROOT / path).read_text(encoding="utf-8"))) or ""
    return said.split("\n\n")[0].replace("\n", " ")


def tree() -> str:
    lines = ["# The tree", "", "Made by `python docs/tree.py --write`; a line a file."]
    folder = None
    for path in tracked():
        said = purpose(path)
        if not said:
            continue
        if path.parent != folder:
            folder = path.parent
            lines += ["", f"## {folder}/", ""]
        lines.append(f"- `{path.name}`: {said}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        OUT.write_text(tree(), encoding="utf-8")
    else:
        sys.stdout.write(tree())
