"""Scripts by any OpenAI-compatible endpoint: Ollama, vLLM, llama.cpp's server, OpenAI itself."""

import json
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from typing import Any

import openai
from openai.types.chat import ChatCompletionMessageParam

from deployments.llm.llama_server import Message
from deployments.llm.script_text import ScriptReader
from pipeline.engines import EngineCard, ScriptPiece, ScriptRequest
from pipeline.errors import EngineFailed, EngineUnavailable, PromptUnanswered

NAME = "openai"
NOT_CONFIGURED = "no endpoint is configured: set LECTERN_OPENAI_BASE_URL and LECTERN_OPENAI_MODEL"
USUAL_MINUTES = 2.0
WORDS_A_MINUTE = 150
INSTRUCTION = """\
You write the narration of a lesson video that one person speaks to the camera.
Write scenes of 30 to 80 words. Begin each with a line "# " and a short title, then the words \
exactly as they are to be spoken, in plain full sentences: no lists, no Markdown, no emoji, no \
stage directions, no speaker names. Say only what is true; where notes are given, keep to them.
Answer with the script and nothing else."""


class OpenAiCompatible:
    """Asks a chat model for the whole script at once and reads it while it comes.

    ``retries`` are the client's, before the first token; ``time_limit_seconds`` is the longest
    wait for the next token.
    """

    def __init__(
        self,
        base_url: str | None,
        api_key: str | None,
        model: str | None,
        time_limit_seconds: float = 120.0,
        retries: int = 2,
    ) -> None:
        self._base_url = base_url
        self._api_key = api_key
        self._model = model or ""
        self._time_limit_seconds = time_limit_seconds
        self._retries = retries

    async def card(self, ask: ScriptRequest) -> EngineCard:
        label = f"Draft by {self._model}: check the facts"
        version = f"1-{self._model}"
        return EngineCard(NAME, version, "remote", label, draft=True, missing=self._missing(ask))

    @property
    def lacks_for_quizzes(self) -> str | None:
        return None

    async def answer(
        self, messages: Sequence[Message], schema: Mapping[str, Any], seed: int
    ) -> AsyncGenerator[str, None]:
        """What the model says to these messages; not every endpoint knows schemas, so it is only
        asked to keep to one in words."""
        told = f"Answer with JSON of this schema and nothing else: {json.dumps(schema)}"
        with _explained(self._model):
            async with aclosing(self._texts([_system(told), *map(_turn, messages)], seed)) as texts:
                async for text in texts:
                    yield text

    async def write(self, ask: ScriptRequest) -> AsyncGenerator[ScriptPiece, None]:
        if lacks := self._missing(ask):
            raise EngineUnavailable(NAME, lacks)
        reader = ScriptReader()
        spoken = False
        with _explained(self._model):
            async with aclosing(self._texts(_messages(ask), ask.seed)) as texts:
                async for text in texts:
                    for piece in reader.feed(text):
                        spoken |= bool(piece.text)
                        yield piece
        for piece in reader.finish():
            spoken |= bool(piece.text)
            yield piece
        if not spoken:
            raise PromptUnanswered

    def _missing(self, ask: ScriptRequest) -> str | None:
        if not self._base_url or not self._model:
            return NOT_CONFIGURED
        return None if ask.prompt or ask.notes else "it needs a prompt or notes"

    async def _texts(
        self, messages: Sequence[ChatCompletionMessageParam], seed: int
    ) -> AsyncGenerator[str, None]:
        finished = False
        async with (
            self._client() as client,
            await client.chat.completions.create(
                model=self._model, messages=messages, seed=seed, stream=True
            ) as stream,
        ):
            async for chunk in stream:
                for choice in chunk.choices:
                    finished |= choice.finish_reason is not None
                    if choice.delta.content:
                        yield choice.delta.content
        if not finished:
            raise EngineFailed(NAME, "the endpoint stopped in the middle of its answer.")

    def _client(self) -> openai.AsyncOpenAI:
        # the client wants a key even where the endpoint does not
        return openai.AsyncOpenAI(
            base_url=self._base_url,
            api_key=self._api_key or "none",
            timeout=self._time_limit_seconds,
            max_retries=self._retries,
        )


def _messages(ask: ScriptRequest) -> list[ChatCompletionMessageParam]:
    words = round((ask.minutes or USUAL_MINUTES) * WORDS_A_MINUTE)
    wish = [f"Language: {ask.language}.", f"Length: about {words} words in all."]
    wish += [f"Audience: {ask.audience}."] if ask.audience else []
    wish += [f"The lesson: {ask.prompt}"] if ask.prompt else []
    wish += [f"Notes to keep to:\n{ask.notes}"] if ask.notes else []
    return [_system(INSTRUCTION), {"role": "user", "content": "\n".join(wish)}]


def _system(content: str) -> ChatCompletionMessageParam:
    return {"role": "system", "content": content}


def _turn(message: Message) -> ChatCompletionMessageParam:
    if message["role"] == "assistant":
        return {"role": "assistant", "content": message["content"]}
    return {"role": "user", "content": message["content"]}


@contextmanager
def _explained(model: str) -> Iterator[None]:
    """The client's errors as ours: what the operator must mend, and what may go by itself."""
    try:
        yield
    except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
        raise EngineUnavailable(NAME, "the endpoint refuses the API key.") from error
    except openai.NotFoundError as error:
        raise EngineUnavailable(NAME, f"the endpoint has no model “{model}”.") from error
    except openai.BadRequestError as error:
        raise EngineUnavailable(NAME, f"the endpoint refuses: {error.message}") from error
    except openai.RateLimitError as error:
        raise EngineFailed(NAME, "the endpoint takes no more requests just now.") from error
    except openai.APITimeoutError as error:
        raise EngineFailed(NAME, "the endpoint did not answer in time.") from error
    except openai.APIConnectionError as error:
        raise EngineFailed(NAME, "the endpoint cannot be reached.") from error
    except openai.APIError as error:
        raise EngineFailed(NAME, f"the endpoint failed: {error.message}") from error
