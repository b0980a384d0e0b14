"""Server-sent events for answers that are only streamed when the client asks for it."""

from collections.abc import AsyncIterator

from fastapi.responses import StreamingResponse
from fastapi.sse import ServerSentEvent, format_sse_event
from pydantic import BaseModel

EVENT_STREAM = "text/event-stream"
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


def event_stream(events: AsyncIterator[ServerSentEvent]) -> StreamingResponse:
    """An answer that sends the events as they come. Their data are models."""
    return StreamingResponse(_lines(events), media_type=EVENT_STREAM, headers=HEADERS)


async def _lines(events: AsyncIterator[ServerSentEvent]) -> AsyncIterator[bytes]:
    async for event in events:
        assert isinstance(event.data, BaseModel)
        yield format_sse_event(data_str=event.data.model_dump_json(), event=event.event)
