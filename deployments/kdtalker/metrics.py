"""What the Ray dashboard and Prometheus see of the drawing; tagged with deployment and replica."""

from ray.serve import metrics

SIZES = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0]


class DrawingMetrics:
    def __init__(self) -> None:
        self._frames = metrics.Counter(
            "lectern_kdtalker_frames", "Faces drawn by KDTalker; their rate is frames a second."
        )
        self._seconds = metrics.Counter(
            "lectern_kdtalker_draw_seconds", "Seconds in which KDTalker drew faces."
        )
        self._batch = metrics.Histogram(
            "lectern_kdtalker_batch", "Faces drawn at once.", boundaries=SIZES
        )
        self._encoded = metrics.Counter(
            "lectern_kdtalker_encoded_frames", "Pictures encoded after KDTalker drew them."
        )
        self._encoding = metrics.Counter(
            "lectern_kdtalker_encode_seconds", "Seconds in which those were encoded."
        )

        self._came = metrics.Counter(
            "lectern_kdtalker_runs_elsewhere", "Runs of frames that another replica drew for us."
        )
        self._lost = metrics.Counter(
            "lectern_kdtalker_runs_lost", "Runs of frames sent to another replica that never came."
        )

    def elsewhere(self, came: bool) -> None:
        (self._came if came else self._lost).inc(1)

    def drawn(self, size: int, seconds: float) -> None:
        self._frames.inc(size)
        self._seconds.inc(seconds)
        self._batch.observe(size)

    def encoded(self, frames: int, seconds: float) -> None:
        self._encoded.inc(frames)
        # nothing measured is no increment that a counter takes
        if seconds > 0:
            self._encoding.inc(seconds)
