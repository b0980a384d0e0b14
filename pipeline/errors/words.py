"""What is to be said."""

from pipeline.errors.base import LessonError


class NothingToSay(LessonError):
    """{0} holds no words that can be spoken."""

    code = "nothing_to_say"
    advice = "Write at least one word of narration in every scene."
    lasting = True


class PauseTooLong(LessonError):
    """A pause of {0} seconds is longer than the {1} seconds allowed."""

    code = "pause_too_long"
    advice = "Shorten the pause, or split the scene."
    lasting = True


class ScriptUnreadable(LessonError):
    """The script cannot be read: {0}"""

    code = "script_unreadable"
    advice = "Send plain text or Markdown in UTF-8."
    lasting = True


class ScriptTooLong(LessonError):
    """The script has {0} characters; at most {1} are taken."""

    code = "script_too_long"
    advice = "Split it into several lessons."
    lasting = True


class PromptUnanswered(LessonError):
    """The language model gave no usable script for this prompt."""

    code = "script_empty"
    advice = "Say more about the lesson, or give notes or a script of your own."
    retryable = True


class QuizUnanswered(LessonError):
    """Nothing that these scenes say could be made into a question."""

    code = "quiz_empty"
    advice = "Write the questions yourself, or let the scenes say more."


class PromptTooLong(LessonError):
    """The prompt and its notes come to {0} tokens; the language model reads at most {1}."""

    code = "prompt_too_long"
    advice = "Shorten the prompt or the notes, or choose another script engine."
    lasting = True


class LanguageUnsupported(LessonError):
    """The engine “{0}” does not speak “{1}”; it speaks {2}."""

    code = "language_unsupported"
    advice = "Choose one of these languages, or another engine."
    lasting = True


class PassageTooLong(LessonError):
    """The engine “{0}” has no room to speak so long a passage at once: {1}"""

    code = "passage_too_long"
    advice = "Split the sentence, or ask the operator for more positions an utterance."
    lasting = True


class SpeechUnusable(LessonError):
    """The engine “{0}” spoke a passage {1} times, each unusable, at last because {2}: “{3}”"""

    # not retryable: the seeds of the tries follow from the lesson's, and would come out the same
    code = "speech_unusable"
    advice = "Choose another seed or voice sample, or reword the passage."
    lasting = True
