"""Lessons to show in the description of the interface."""

from typing import Any

SPEC_EXAMPLES: dict[str, Any] = {
    "prompt": {
        "summary": "From a prompt",
        "value": {
            "title": "How plants make sugar",
            "prompt": "How plants make sugar from light, for 12-year-olds",
            "minutes": 1.5,
            "portrait_id": "01980000-0000-7000-8000-000000000001",
        },
    },
    "scenes": {
        "summary": "From one's own words",
        "value": {
            "title": "How rain is made",
            "scenes": [
                {"title": "Up", "narration": "Warm air rises. [pause 0.8s] It carries water."},
                {"title": "Down", "narration": "Cold air lets go of the water again."},
            ],
            "portrait_id": "01980000-0000-7000-8000-000000000001",
            "video": {"resolution": "720p", "aspect": "16:9"},
            "engines": {"speech": "builtin"},
        },
    },
}
