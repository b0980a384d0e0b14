"""Reads the content credentials (C2PA) of a file, and says whether they hold."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from c2pa import C2paError, Context, Reader, Settings

from pipeline.provenance.origin import MAKING

State = Literal["trusted", "untrusted", "invalid", "none"]
STATES: dict[str | None, State] = {"Trusted": "trusted", "Valid": "untrusted"}
OFFLINE = {"verify": {"verify_trust": True, "remote_manifest_fetch": False, "ocsp_fetch": False}}
"""What a file says must not make us call anyone."""
NO_CREDENTIALS = (C2paError.ManifestNotFound, C2paError.NotSupported, C2paError.RemoteManifest)
MOST_PROBLEMS, MOST_LETTERS, MOST_MAKING_LETTERS = 20, 200, 20_000
MANIFEST_MARK = b"c2pa"
"""Bytes of every manifest: the type of its outermost box (C2PA 2.1, 11.1)."""
PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a file's credentials say. ``trusted``: they hold, and are signed by someone that the
    anchors know. ``untrusted``: they hold, and are signed by someone else. ``invalid``: they do
    not hold: the file or they were changed; ``problems`` are the specification's codes.

    ``making`` is what our own assertion says, where there is one.
    """

    state: State
    problems: tuple[str, ...] = ()
    signed_by: str | None = None
    generator: str | None = None
    source_type: str | None = None
    ingredients: tuple[str, ...] = ()
    making: dict[str, Any] = field(default_factory=dict)


def read_credentials(file: Path, anchors: str | None) -> Credentials:
    """``anchors``: the certificates to trust, as PEM."""
    trust = {"trust": {"trust_anchors": anchors}} if anchors else {}
    try:
        with (
            file.open("rb") as opened,
            Context(Settings.from_dict(OFFLINE | trust)) as context,
            Reader(opened, context=context) as reader,
        ):
            return _told(json.loads(reader.json()), reader.get_validation_state())
    except NO_CREDENTIALS:
        return Credentials("none")
    except C2paError as error:
        if _unknown_container(error) or not _holds_manifest(file):
            return Credentials("none")
        return Credentials("invalid", (str(error)[:MOST_LETTERS],))


def _unknown_container(error: C2paError) -> bool:
    """The library has no class of its own for bytes in which it sees no container."""
    return "could not determine" in str(error).lower() or "unsupported" in str(error).lower()


def _holds_manifest(file: Path) -> bool:
    """Whether a file that the library cannot take apart had credentials at all: one that was cut
    off on its way need not."""
    before = b""
    with file.open("rb") as opened:
        while piece := opened.read(PIECE_BYTES):
            if MANIFEST_MARK in before + piece:
                return True
            before = piece[-len(MANIFEST_MARK) :]
    return False


def _told(store: dict[str, Any], state: str | None) -> Credentials:
    manifest = store.get("manifests", {}).get(store.get("active_manifest"), {})
    signature = manifest.get("signature_info") or {}
    results = (store.get("validation_results") or {}).get("activeManifest") or {}
    problems = [str(each.get("code")) for each in results.get("failure", ())]
    return Credentials(
        STATES.get(state, "invalid"),
        tuple(problems[:MOST_PROBLEMS]),
        _text(signature.get("common_name") or signature.get("issuer")),
        _generator(manifest),
        next(_source_types(manifest), None),
        tuple(_ingredients(manifest))[:MOST_PROBLEMS],
        _making(manifest),
    )


def _generator(manifest: dict[str, Any]) -> str | None:
    first: dict[str, Any] = next(iter(manifest.get("claim_generator_info") or ()), {})
    return _text(" ".join(str(first[key]) for key in ("name", "version") if key in first))


def _assertions(manifest: dict[str, Any], label: str) -> Iterator[dict[str, Any]]:
    """Whoever signs may write anything under any label; what is no object says nothing to us."""
    for assertion in manifest.get("assertions") or ():
        data = assertion.get("data")
        if str(assertion.get("label", "")).startswith(label) and isinstance(data, dict):
            yield data


def _source_types(manifest: dict[str, Any]) -> Iterator[str]:
    for data in _assertions(manifest, "c2pa.actions"):
        for action in data.get("actions") or ():
            if "digitalSourceType" in action:
                yield str(action["digitalSourceType"]).rsplit("/", 1)[-1][:MOST_LETTERS]


def _ingredients(manifest: dict[str, Any]) -> Iterator[str]:
    for each in manifest.get("ingredients") or ():
        yield f"{each.get('title')} {each.get('instance_id')}"[:MOST_LETTERS]


def _making(manifest: dict[str, Any]) -> dict[str, Any]:
    found = next(_assertions(manifest, MAKING), {})
    return found if len(json.dumps(found)) <= MOST_MAKING_LETTERS else {}


def _text(said: object) -> str | None:
    return str(said)[:MOST_LETTERS] if said else None
