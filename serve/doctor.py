"""What each engine lacks here, without starting anything."""

from dataclasses import dataclass

from deployments.kdtalker.kdtalker.meter import unmeasured
from deployments.kdtalker.puppet import Puppet
from deployments.kdtalker.talking import Talking
from deployments.kdtalker.weights import Installed
from deployments.llm.composer import Composer
from deployments.llm.llamacpp import LlamaCpp
from deployments.llm.openai_engine import OpenAiCompatible
from deployments.zyphra.builtin import Builtin
from deployments.zyphra.hosted import Hosted
from deployments.zyphra.matched import Matched
from deployments.zyphra.openai_speech import OpenAiSpeech
from deployments.zyphra.zonos_speech.engine import Zonos
from pipeline.engines import EngineCard, ScriptRequest, SpeechRequest, VideoRequest
from pipeline.lesson import VideoSpec, join_speech
from serve.settings import (
    Settings,
    hosted_settings,
    kdtalker_setup,
    openai_endpoint,
    remote_settings,
    zonos_settings,
)


@dataclass(frozen=True, slots=True)
class Finding:
    deployment: str
    card: EngineCard


async def examine(settings: Settings) -> list[Finding]:
    """A finding for each engine, best first within its deployment."""
    script = ScriptRequest(prompt="Why is the sky blue?", notes="Sunlight scatters.")
    speech, voiced = SpeechRequest("Hello."), SpeechRequest("Hello.", voice=b"a recording")
    video = VideoRequest(b"", join_speech([]), VideoSpec())
    zonos = Zonos(settings.models_folder, zonos_settings(settings))
    kdtalker = Installed(settings.models_folder, kdtalker_setup(settings), unmeasured)
    talking = Talking(settings.models_folder, kdtalker, unmeasured)
    return [
        Finding("Llm", await OpenAiCompatible(**openai_endpoint(settings)).card(script)),
        Finding("Llm", await Composer().card(script)),
        Finding("Llm", await LlamaCpp(settings.gguf_file).card(script)),
        Finding("Zyphra", await zonos.card(voiced)),
        Finding("Zyphra", await Hosted(hosted_settings(settings)).card(speech)),
        Finding("Zyphra", await OpenAiSpeech(remote_settings(settings)).card(speech)),
        Finding("Zyphra", await Matched(settings.models_folder).card(voiced)),
        Finding("Zyphra", await Builtin().card(speech)),
        Finding("KDTalker", await talking.card(video)),
        Finding("KDTalker", await Puppet(settings.models_folder).card(video)),
    ]
