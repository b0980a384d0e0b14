"""The small language model, in the folder where `make models` puts it."""

from pathlib import Path

from deployments import model_files
from deployments.llm.llamacpp import SMALL_MODEL

MODELS = Path(__file__).parents[1] / ".lectern" / "models"


def small_model() -> Path:
    """Pulled if it is not there."""
    model_files.pull(["llamacpp"], MODELS, on_progress=lambda _: None)
    return MODELS / "smollm2" / SMALL_MODEL
