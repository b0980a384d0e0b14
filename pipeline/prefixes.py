"""What lies below any of many prefixes, in few listings.

A listing of one artefact finds two or three objects, one of the folder it lies in a thousand a
page: where much of a folder is looked for, all of it is read instead. Nothing here counts on the
order in which a store lists.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

FEW = 10
"""As many in one folder are listed one by one, whatever else lies beside them."""
PAGE = 1000
"""The most objects that a store lists in one answer."""
PAGE_COST = 100
"""As many listings of one artefact take as long as a full page."""
AT_ONCE = 4

Listing = Callable[[str], Iterable[str]]
"""The keys that start with a prefix. Called in several threads."""


def keys_below(listing: Listing, prefixes: Iterable[str]) -> list[str]:
    """The keys that start with any of these prefixes, none of which begins another. Blocks."""
    folders: dict[str, set[str]] = defaultdict(set)
    for prefix in prefixes:
        folders[_folder(prefix)].add(prefix)
    keys: list[str] = []
    alone: list[str] = []
    with ThreadPoolExecutor(AT_ONCE) as several:
        read = several.map(lambda each: _of_folder(listing, *each), folders.items())
        for wanted, found in zip(folders.values(), read, strict=True):
            if found is None:
                alone += wanted
            else:
                keys += found
        for each in several.map(lambda prefix: list(listing(prefix)), alone):
            keys += each
    return keys


def _folder(prefix: str) -> str:
    """``a/b/`` of ``a/b/c/``, and of ``a/b/c``; empty of ``a/``."""
    above, slash, _ = prefix.removesuffix("/").rpartition("/")
    return above + slash


def _of_folder(listing: Listing, folder: str, wanted: Collection[str]) -> list[str] | None:
    """None where so little of it is wanted, or so much else may lie there, that it does not pay."""
    if len(wanted) <= FEW or not all(prefix.endswith("/") for prefix in wanted):
        return None
    most = PAGE * (1 + len(wanted) // PAGE_COST)
    keys = list(islice(listing(folder), most))
    if len(keys) == most:
        return None
    return [key for key in keys if key[: key.find("/", len(folder)) + 1] in wanted]
