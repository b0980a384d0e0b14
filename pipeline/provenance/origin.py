"""Where a lesson comes from, as far as its content credentials tell: no names, no addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.engines import EngineCard

SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SYNTHETIC = frozenset(
    {
        "trainedAlgorithmicMedia",
        "compositeWithTrainedAlgorithmicMedia",
        "algorithmicMedia",
        "compositeSynthetic",
    }
)
"""What of that vocabulary says that no camera or microphone made it, or not all of it."""
MAKING = "lectern.making"
"""The label of our own assertion."""


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A file that the lesson is made with: ``what`` it is in it ("portrait", "voice" …), the hash
    of the file as it is kept, and the consent that it is used with."""

    what: str
    sha256: str
    consent_id: str | None = None

    @property
    def seen(self) -> bool:
        """Whether it can be seen in the lesson; what is not was only learnt from."""
        return self.what != "voice"


@dataclass(frozen=True, slots=True)
class Origin:
    """All that is said of one lesson. ``engines`` is keyed by step; ``labelled``: it says in its
    picture that it is synthetic."""

    lesson_id: str
    studio_id: str
    version: str
    engines: Mapping[str, EngineCard]
    ingredients: Sequence[Ingredient] = ()
    labelled: bool = True


def definition(origin: Origin) -> dict[str, Any]:
    """The manifest to be signed (C2PA 2.1, sections 10 and 18), but for hashes and signature."""
    return {
        "claim_generator_info": [{"name": "Lectern", "version": origin.version}],
        "format": "video/mp4",
        "ingredients": [_ingredient(each) for each in origin.ingredients],
        "assertions": [
            {"label": "c2pa.actions", "data": {"actions": _actions(origin)}},
            {"label": MAKING, "data": _making(origin)},
        ],
    }


def source_type(origin: Origin) -> str:
    """What kind of medium this is, in the words of the IPTC's vocabulary.

    A photograph that is moved and given a voice is a composite. Speech and picture count: what is
    drawn by rules alone (a puppet, a test's hum) is not said to come out of a trained model.
    """
    heard_and_seen = [
        origin.engines[step] for step in ("speech", "video") if step in origin.engines
    ]
    trained = any(card.trained for card in heard_and_seen)
    composite = any(each.seen for each in origin.ingredients)
    if composite:
        return "compositeWithTrainedAlgorithmicMedia" if trained else "compositeSynthetic"
    return "trainedAlgorithmicMedia" if trained else "algorithmicMedia"


def _actions(origin: Origin) -> list[dict[str, Any]]:
    agent = {"name": "Lectern", "version": origin.version}
    created = {
        "action": "c2pa.created",
        "digitalSourceType": SOURCE_TYPES + source_type(origin),
        "softwareAgent": agent,
    }
    seen = [each.what for each in origin.ingredients if each.seen]
    placed = {"action": "c2pa.placed", "parameters": {"ingredientIds": seen}}
    return [created, placed | {"softwareAgent": agent}] if seen else [created]


def _ingredient(each: Ingredient) -> dict[str, Any]:
    """By its hash only: the file itself, and what it is called, are nobody else's business."""
    return {
        "title": each.what,
        "relationship": "componentOf" if each.seen else "inputTo",
        "label": each.what,
        "instance_id": f"sha256:{each.sha256}",
    }


def _making(origin: Origin) -> dict[str, Any]:
    consents = {each.what: each.consent_id for each in origin.ingredients if each.consent_id}
    return {
        "lesson": origin.lesson_id,
        "studio": origin.studio_id,
        "engines": [_engine(step, card) for step, card in origin.engines.items()],
        "consents": consents,
        "visible_label": origin.labelled,
    }


def _engine(step: str, card: EngineCard) -> dict[str, Any]:
    return {
        "step": step,
        "name": card.name,
        "version": card.version,
        "label": card.label,
        "trained_model": card.trained,
    }
