"""Engines, and what they run on."""

from pipeline.errors.base import LecternError, LessonError


class EngineUnavailable(LessonError):
    """The engine “{0}” cannot run here: {1}"""

    code = "engine_unavailable"
    advice = "Choose “auto”, or give the engine what it lacks (see `lectern doctor`)."


class NoEngineFits(EngineUnavailable):
    """No engine here can do this: {0}"""

    advice = "Ask for what one of them can, or have another set up (`lectern doctor`)."


class EngineFailed(LessonError):
    """The engine “{0}” stopped: {1}"""

    code = "engine_failed"
    advice = "Retry the lesson; what is done is kept."
    retryable = True


class DeviceMemoryFull(LessonError):
    """The engine “{0}” found no room left in its device's memory."""

    code = "device_memory_full"
    advice = "Retry the lesson; if it happens again, let fewer replicas share a GPU."
    retryable = True


class SigningFailed(LessonError):
    """The lesson's content credentials could not be signed: {0}"""

    code = "signing_failed"
    advice = "Retry; if it happens again, the operator should look at certificate, key and disk."
    retryable = True


class CertificateMissing(LecternError):
    """There is no certificate in {0}."""

    code = "certificate_missing"
    advice = "Start the studio once with `lectern up`, or name a root that you trust."


class InfrastructureLost(LessonError):
    """A machine or process that was working on the lesson went away: {0}"""

    code = "infrastructure_lost"
    advice = "Nothing to do: the work goes on by itself."
    retryable = True
    infrastructure = True


class StepTimedOut(LessonError):
    """The step “{0}” made no progress for {1} seconds."""

    code = "step_timed_out"
    advice = "Retry the lesson; what is done is kept."
    retryable = True
