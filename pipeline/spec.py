"""What specs are made of: their base, and the texts and numbers that several of them take."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints


def without_nul(text: str) -> str:
    """Neither a database nor a subtitle track can hold the character NUL."""
    if "\0" in text:
        raise ValueError("must not hold the character NUL")
    return text


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(without_nul),
]
Narration = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000),
    AfterValidator(without_nul),
]
Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100_000),
    AfterValidator(without_nul),
]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]{2})?$")]
Share = Annotated[float, Field(ge=0, le=1)]


class Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
