"""What lies below many prefixes is found in few listings, and nothing beside it."""

from collections.abc import Iterable, Iterator

import pytest

from pipeline import prefixes
from pipeline.prefixes import FEW, keys_below


class Store:
    """Keys as a store lists them, and what it was asked for."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = list(keys)
        self.asked: list[str] = []

    def __call__(self, prefix: str) -> Iterator[str]:
        self.asked.append(prefix)
        return (key for key in self.keys if key.startswith(prefix))


def artefacts(count: int) -> list[str]:
    return [f"users/ada/speech/{n:04}/{file}" for n in range(count) for file in ("sound", "facts")]


def test_many_of_a_folder_are_found_in_one_listing_of_it() -> None:
    store = Store(artefacts(50))
    wanted = [f"users/ada/speech/{n:04}/" for n in range(0, 50, 2)]
    found = keys_below(store, wanted)
    assert store.asked == ["users/ada/speech/"]
    assert found == [key for key in store.keys if int(key.split("/")[3]) % 2 == 0]


def test_few_are_listed_one_by_one() -> None:
    store = Store(artefacts(50))
    wanted = [f"users/ada/speech/{n:04}/" for n in range(FEW)]
    assert sorted(keys_below(store, wanted)) == sorted(store.keys[: 2 * FEW])
    assert sorted(store.asked) == wanted


def test_a_folder_that_holds_too_much_else_is_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prefixes, "PAGE", 30)
    store = Store(artefacts(100))
    wanted = [f"users/ada/speech/{n:04}/" for n in range(80, 100)]
    found = keys_below(store, wanted)
    assert sorted(found) == sorted(store.keys[160:])
    assert sorted(store.asked) == ["users/ada/speech/", *wanted]


def test_what_merely_begins_alike_and_what_lies_beside_is_not_among_them() -> None:
    wanted = [f"a/{n}/" for n in range(FEW + 1)]
    beside = ["a/file", "a/1", "a/12345/file", "a/x/1/file", "b/1/file", "a/"]
    store = Store([*beside, "a/1/file", "a/1/deep/er/file", "a/7/"])
    assert keys_below(store, wanted) == ["a/1/file", "a/1/deep/er/file", "a/7/"]


def test_prefixes_of_the_root_and_prefixes_that_are_keys_are_found_too() -> None:
    roots = [f"{n:02}/" for n in range(FEW + 1)]
    uploads = [f"tmp/{n:02}" for n in range(FEW + 1)]
    store = Store(["03/file", "tmp/05", "tmp/99", "other"])
    assert keys_below(store, [*roots, *uploads]) == ["03/file", "tmp/05"]
    assert keys_below(store, []) == []
