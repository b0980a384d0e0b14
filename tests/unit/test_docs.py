"""What the pages say of the code is so."""

import re
from pathlib import Path

from docs import api
from docs.tree import OUT, purpose, tracked, tree
from serve.description import description

ROOT = Path(__file__).parents[2]


def test_every_file_says_what_it_is_for() -> None:
    silent = [
        str(path)
        for path in tracked()
        if path.parts[0] != "tests"
        and path.name != "__init__.py"
        and not purpose(path).endswith((".", "?", ":"))
    ]
    assert silent == []


def test_the_tree_is_that_of_the_code() -> None:
    assert OUT.read_text(encoding="utf-8") == tree(), "run: python docs/tree.py --write"


def test_the_page_of_the_interface_is_that_of_its_description() -> None:
    page = api.OUT.read_text(encoding="utf-8")
    assert page == api.page(), "run: python -m docs.api --write"
    for path, operations in description()["paths"].items():
        for method in operations:
            assert f"### `{method.upper()} {path}`\n" in page


def test_the_walk_in_the_readme_has_at_most_twelve_files_and_all_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    walk = re.findall(r"^\d+\. `([^`]+)`", readme, re.MULTILINE)
    assert 5 <= len(walk) <= 12
    assert [name for name in walk if not (ROOT / name).is_file()] == []
