"""llama.cpp in this process: a model, loaded when first asked, that answers several at once."""

import asyncio
import secrets
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xllamacpp

from pipeline.errors import EngineFailed, PromptTooLong

Message = dict[str, str]
"""``role`` (user or assistant) and ``content``; an assistant's last message is continued."""


@dataclass(frozen=True, slots=True)
class LlamaSettings:
    """``slots`` requests are answered side by side, each in ``context_tokens`` of its own.

    One thread is fastest where cores are shared; ``gpu_layers`` -1 takes as many as fit.
    """

    gguf: Path
    slots: int = 4
    context_tokens: int = 2048
    threads: int = 1
    gpu_layers: int = -1


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are drawn. The same seed gives the same text.

    ``schema``: a JSON schema that the answer is held to, token by token.
    """

    temperature: float
    seed: int
    max_tokens: int
    min_p: float = 0.08
    repeat_penalty: float = 1.1
    dry_multiplier: float = 0.8
    schema: Mapping[str, Any] | None = None


class LlamaServer:
    def __init__(self, settings: LlamaSettings) -> None:
        self._settings = settings
        self._loading = threading.Lock()
        self._server: Any = None
        self._workers = ThreadPoolExecutor(settings.slots, thread_name_prefix="llama")

    async def chat(
        self, messages: Sequence[Message], sampling: Sampling
    ) -> AsyncGenerator[str, None]:
        """The answer, a token at a time. Closing the iterator stops the model at its next token.

        Raises PromptTooLong and EngineFailed.
        """
        answer = _Answer(asyncio.get_running_loop())
        work = self._workers.submit(self._answer, _request(messages, sampling), answer)
        work.add_done_callback(answer.end)
        try:
            async for text in answer.texts():
                yield text
        finally:
            answer.stop.set()

    def _answer(self, request: dict[str, Any], answer: "_Answer") -> None:
        if not answer.stop.is_set():
            self.loaded().handle_chat_completions(request, answer.take)

    def loaded(self) -> Any:
        """llama.cpp's own server, with the model in memory."""
        with self._loading:
            if self._server is None:
                self._server = xllamacpp.Server(_parameters(self._settings))
            return self._server


class _Answer:
    """What crosses from the thread in which llama.cpp works to the loop that listens."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.stop = threading.Event()
        self._loop = loop
        self._queue: asyncio.Queue[str | Exception | None] = asyncio.Queue()

    def take(self, chunk: dict[str, Any]) -> bool:
        """Called by llama.cpp with every chunk; True makes it stop."""
        if "error" in chunk:
            self._put(_failure(chunk["error"]))
            return True
        for choice in chunk.get("choices", ()):
            if text := choice["delta"].get("content"):
                self._put(text)
        return self.stop.is_set()

    def end(self, work: Future[None]) -> None:
        error = work.exception()
        self._put(EngineFailed("llamacpp", str(error)) if error else None)

    def _put(self, item: str | Exception | None) -> None:
        # the loop may be gone when nobody listens any more
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._queue.put_nowait, item)

    async def texts(self) -> AsyncIterator[str]:
        while (item := await self._queue.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item


def _request(messages: Sequence[Message], sampling: Sampling) -> dict[str, Any]:
    held: dict[str, Any] = {}
    if sampling.schema is not None:
        held["response_format"] = {"type": "json_object", "schema": dict(sampling.schema)}
    return {
        **held,
        "messages": list(messages),
        "stream": True,
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "seed": sampling.seed,
        "min_p": sampling.min_p,
        "repeat_penalty": sampling.repeat_penalty,
        "dry_multiplier": sampling.dry_multiplier,
        # a prompt that was read in other pieces gives slightly other numbers, hence another text
        "cache_prompt": False,
    }


def _parameters(settings: LlamaSettings) -> Any:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(settings.gguf)
    parameters.n_parallel = settings.slots
    parameters.n_ctx = settings.slots * settings.context_tokens
    parameters.cpuparams.n_threads = settings.threads
    parameters.cpuparams_batch.n_threads = settings.threads
    parameters.n_gpu_layers = settings.gpu_layers
    parameters.cache_ram_mib = 0
    parameters.warmup = False
    parameters.verbosity = 0
    # it also listens on a loopback port, which nothing of ours uses: nobody else may, either
    parameters.api_keys = [secrets.token_hex()]
    parameters.endpoint_slots = False
    parameters.ui = False
    return parameters


def _failure(error: dict[str, Any]) -> Exception:
    if error.get("type") == "exceed_context_size_error":
        return PromptTooLong(error["n_prompt_tokens"], error["n_ctx"])
    return EngineFailed("llamacpp", str(error.get("message", error)))
