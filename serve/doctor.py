"""What each engine lacks here, and what packages and captions do, without starting anything."""

from dataclasses import dataclass

from deployments.kdtalker.kdtalker.meter import unmeasured
from deployments.kdtalker.puppet import Puppet
from deployments.kdtalker.talking import Talking
from deployments.kdtalker.weights import Installed
from deployments.llm.chat_quiz import ChatQuiz
from deployments.llm.composer import Composer
from deployments.llm.gaps import Gaps
from deployments.llm.llamacpp import LlamaCpp
from deployments.llm.openai_engine import OpenAiCompatible
from deployments.zyphra.builtin import Builtin
from deployments.zyphra.hosted import Hosted
from deployments.zyphra.matched import Matched
from deployments.zyphra.openai_speech import OpenAiSpeech
from deployments.zyphra.zonos_speech.engine import Zonos
from pipeline.engines import (
    EngineCard,
    QuizEngine,
    QuizRequest,
    ScriptRequest,
    SpeechRequest,
    VideoRequest,
)
from pipeline.errors import SchemasMissing
from pipeline.export.scorm import EDITIONS, require_schemas
from pipeline.lesson import VideoSpec, join_speech
from pipeline.media import letters
from serve.settings import (
    Settings,
    hosted_settings,
    kdtalker_setup,
    openai_endpoint,
    remote_settings,
    zonos_settings,
)

NO_EAST_ASIAN = (
    f"the font file {letters.EAST_ASIAN}, with which Chinese, Japanese and Korean captions are"
    " drawn into the picture; Debian's package fonts-noto-cjk has it"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """``missing``: what it lacks; None where it is ready."""

    part: str
    name: str
    missing: str | None


async def examine(settings: Settings) -> list[Finding]:
    """A finding for each engine, best first within its deployment; one for SCORM packages, and one
    for captions in the picture."""
    engines = [*await _engines(settings), *await _quiz_engines(settings)]
    return [*engines, _packages(), _captions()]


async def _engines(settings: Settings) -> list[Finding]:
    script = ScriptRequest(prompt="Why is the sky blue?", notes="Sunlight scatters.")
    speech, voiced = SpeechRequest("Hello."), SpeechRequest("Hello.", voice=b"a recording")
    video = VideoRequest(b"", join_speech([]), VideoSpec())
    zonos = Zonos(settings.models_folder, zonos_settings(settings))
    kdtalker = Installed(settings.models_folder, kdtalker_setup(settings), unmeasured)
    talking = Talking(settings.models_folder, kdtalker, unmeasured)
    return [
        _engine("Llm", await OpenAiCompatible(**openai_endpoint(settings)).card(script)),
        _engine("Llm", await Composer().card(script)),
        _engine("Llm", await LlamaCpp(settings.gguf_file).card(script)),
        _engine("Zyphra", await zonos.card(voiced)),
        _engine("Zyphra", await Hosted(hosted_settings(settings)).card(speech)),
        _engine("Zyphra", await OpenAiSpeech(remote_settings(settings)).card(speech)),
        _engine("Zyphra", await Matched(settings.models_folder).card(voiced)),
        _engine("Zyphra", await Builtin().card(speech)),
        _engine("KDTalker", await talking.card(video)),
        _engine("KDTalker", await Puppet(settings.models_folder).card(video)),
    ]


async def _quiz_engines(settings: Settings) -> list[Finding]:
    ask = QuizRequest(("The sky is blue.",))
    chats = OpenAiCompatible(**openai_endpoint(settings)), LlamaCpp(settings.gguf_file)
    engines: list[QuizEngine] = [*(ChatQuiz(chat) for chat in chats), Gaps()]
    return [_engine("Llm, quizzes", await engine.card(ask)) for engine in engines]


def _engine(part: str, card: EngineCard) -> Finding:
    return Finding(part, card.name, card.missing)


def _packages() -> Finding:
    try:
        require_schemas(EDITIONS)
    except SchemasMissing as error:
        return Finding("packages", "scorm", f"{error} {error.advice}")
    return Finding("packages", "scorm", None)


def _captions() -> Finding:
    """The studio brings the letters of other languages with it."""
    missing = None if letters.east_asian_file() else NO_EAST_ASIAN
    return Finding("captions", "Noto Sans CJK", missing)
