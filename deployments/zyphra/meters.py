"""What Zonos' batch does, as metrics of Ray Serve, each with the tags of its replica."""

from ray.serve.metrics import Gauge

from deployments.zyphra.zonos_speech.load import Load

PARTS = {
    "speaking": "Utterances in the batch of Zonos",
    "waiting": "Utterances waiting for a place in the batch of Zonos",
    "tokens": "Codes that Zonos makes a second",
    "speech": "Seconds of speech that Zonos makes a second",
}


class ZonosMeters:
    """Made in the replica: a metric takes its tags from where it is made."""

    def __init__(self) -> None:
        self._gauges = {
            part: Gauge(f"lectern_zonos_{part}", description=says) for part, says in PARTS.items()
        }

    def show(self, load: Load) -> None:
        for part, gauge in self._gauges.items():
            gauge.set(getattr(load, part))
