"""From what is asked for to the conditioners' values: text to ids, delivery to numbers."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from deployments.zyphra.zonos.conditioning import PHONEMES
from deployments.zyphra.zonos.conditions import Delivery, make_conditions
from deployments.zyphra.zonos.phonemes import phoneme_ids
from deployments.zyphra.zonos.verification.check import Check, Golden, largest, worst

CONDITIONS = 1e-6


def check_asked(golden: Golden) -> Iterator[Check]:
    asked = golden.data.get("make_cond_dict_kwargs")
    if asked is None:
        return
    language = asked.get("language", "en-us")
    ids = phoneme_ids(asked["text"], language)
    conditions = make_conditions(ids, _delivery(golden, asked), golden.device)
    yield golden.exact("phoneme ids", conditions[PHONEMES][None], "phoneme_ids")
    stored = [name for name in golden.arrays if name.startswith("cond.")]
    missing = conditions[PHONEMES].new_zeros(0)
    errors = {
        name: largest(
            conditions.get(name.removeprefix("cond."), missing), golden.arrays[name].flatten()
        )
        for name in stored
    }
    yield worst(golden.file, "conditions", CONDITIONS, errors)


def _delivery(golden: Golden, asked: dict[str, Any]) -> Delivery:
    """As the reference builds it: what is not asked for has its default, unless it is listed as
    unconditional; the hybrid's qualities are only given where they are not listed."""
    names = {field.name for field in fields(Delivery)}
    given = {name: value for name, value in asked.items() if name in names}
    given |= dict.fromkeys(asked.get("unconditional_keys", ()))
    if "cond.speaker" in golden.arrays:
        given["speaker"] = golden.tensor("cond.speaker").flatten()
    return Delivery(**given)
