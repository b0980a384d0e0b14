"""A Ray Serve handle, seen as an engine of the pipeline.

Errors keep their meaning on the way: what the engine raised arrives as it was; a replica that
died, a queue that is full or a call that nobody answers arrives as InfrastructureLost.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Generic, TypeVar

from ray.exceptions import RayError, RayTaskError
from ray.serve.exceptions import RayServeException
from ray.serve.handle import DeploymentHandle, DeploymentResponseGenerator

from deployments.cards import Asked, Cards, DeployedAt
from pipeline.engines import (
    EngineCard,
    QuizRequest,
    ScriptPiece,
    ScriptRequest,
    SpeechRequest,
    VideoRequest,
)
from pipeline.errors import EngineFailed, InfrastructureLost, LecternError
from pipeline.lesson import ClipPiece, Speech
from pipeline.quiz import QuestionSpec

CARD_SECONDS = 60.0
"""How long somebody who asks for a card waits for it: a deployment at zero replicas first starts
one, and one with as many calls as it takes has none to spare."""

Ask = TypeVar("Ask", bound=Asked)
Piece = TypeVar("Piece")


class Remote(Generic[Ask, Piece]):
    """One ability of a deployment: a streaming method, ``verb``, and who would do it,
    ``card_verb``.

    With ``deployed_at`` cards are remembered while the deployment is busy; without, each is waited
    for in the queue. Works are kept under what their card says: who makes them takes no old one.
    """

    verb: ClassVar[str]
    card_verb: ClassVar[str] = "card"

    def __init__(
        self,
        handle: DeploymentHandle[Any],
        card_seconds: float = CARD_SECONDS,
        deployed_at: DeployedAt | None = None,
    ) -> None:
        self._handle = handle
        self._card_seconds = card_seconds
        self._cards: Cards[Ask] | None = (
            None if deployed_at is None else Cards(self._read_card, deployed_at)
        )

    async def card(self, ask: Ask) -> EngineCard:
        if self._cards is None:
            return await self._read_card(ask)
        return await self._cards.card(ask)

    async def _read_card(self, ask: Ask) -> EngineCard:
        with engine_errors(self._handle.deployment_name):
            async with asyncio.timeout(self._card_seconds):
                card: EngineCard = await getattr(self._handle, self.card_verb).remote(ask)
        return card

    def stream(self, ask: Ask) -> "Call[Piece]":
        name = self._handle.deployment_name
        with engine_errors(name):
            return Call(name, getattr(self._handle.options(stream=True), self.verb).remote(ask))


class Call(AsyncGenerator[Piece, None]):
    """A streaming call of a deployment, in its queue until a replica has room for it."""

    def __init__(self, deployment: str, pieces: DeploymentResponseGenerator[Piece]) -> None:
        self._deployment = deployment
        self._pieces: Any = pieces

    async def taken(self) -> None:
        """Returns when a replica has accepted it."""
        with engine_errors(self._deployment):
            await self._pieces._to_object_ref_gen()

    async def asend(self, _: None) -> Piece:
        try:
            with engine_errors(self._deployment):
                return await anext(self._pieces)
        except BaseException:
            self._pieces.cancel()
            raise

    async def athrow(self, *error: Any) -> Piece:
        """Ends the call, wherever it is: this is how ``aclose`` comes."""
        self._pieces.cancel()
        raise error[0]


class RemoteScript(Remote[ScriptRequest, ScriptPiece]):
    verb = "write"

    def write(self, ask: ScriptRequest) -> AsyncGenerator[ScriptPiece, None]:
        return self.stream(ask)


class RemoteQuiz(Remote[QuizRequest, QuestionSpec]):
    verb = "draft"
    card_verb = "quiz_card"

    def draft(self, ask: QuizRequest) -> AsyncGenerator[QuestionSpec, None]:
        return self.stream(ask)


class RemoteSpeech(Remote[SpeechRequest, Speech]):
    verb = "speak"

    async def learn(self, ask: SpeechRequest) -> bytes | None:
        with engine_errors(self._handle.deployment_name):
            learnt: bytes | None = await self._handle.learn.remote(ask)
        return learnt

    def speak(self, ask: SpeechRequest) -> AsyncGenerator[Speech, None]:
        return self.stream(ask)


class RemoteVideo(Remote[VideoRequest, ClipPiece]):
    verb = "animate"

    def animate(self, ask: VideoRequest) -> AsyncGenerator[ClipPiece, None]:
        return self.stream(ask)


@contextmanager
def engine_errors(deployment: str) -> Iterator[None]:
    """Turns what Ray raises into the pipeline's errors."""
    try:
        yield
    except RayTaskError as error:
        if isinstance(error.cause, LecternError):
            raise error.cause from None
        raise EngineFailed(deployment, str(error.cause)) from error
    except (RayError, RayServeException) as error:
        raise InfrastructureLost(f"{deployment}: {type(error).__name__}") from error
    except TimeoutError as error:
        raise InfrastructureLost(f"{deployment} did not answer") from error
