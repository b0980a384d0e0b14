"""JSON merge patches (RFC 7396): a part of an object, laid over the whole."""

from collections.abc import Mapping
from typing import Any

MERGE_PATCH = "application/merge-patch+json"


def merged(target: Any, patch: Any) -> Any:
    """``patch`` over ``target``, which stays as it is: null removes, objects go in depth, all else
    replaces."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result
