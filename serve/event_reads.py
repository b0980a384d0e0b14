"""Events as those who follow them read them."""

from typing import TypeVar

from pipeline.storage import Storage
from serve.posters import scene_poster
from serve.schemas import EventRead

Read = TypeVar("Read", bound=EventRead)


def with_poster(storage: Storage, event: Read) -> Read:
    """Instead of the key of a scene's poster, an address of it, as long as it works."""
    if "poster_key" not in event.data:
        return event
    told = dict(event.data)
    poster = scene_poster(storage, told.pop("poster_key"))
    told["poster"] = None if poster is None else poster.model_dump(mode="json")
    return event.model_copy(update={"data": told})
