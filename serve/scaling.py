"""How many producers there should be: by the depth of the queue, not by the calls they get."""

import math
import threading
import time
from typing import Any

from ray.serve.config import AutoscalingContext
from sqlalchemy.exc import SQLAlchemyError

from db.forecast import depth
from db.session import Database
from serve.settings import Settings

POLL_SECONDS = 2.0
STALE_SECONDS = 30.0


class QueueDepthPolicy:
    """One producer for every ``jobs_per_replica`` jobs that wait or run.

    Ray's controller calls this in its own loop, where nothing may block: a daemon thread reads the
    depth, and while there is no fresh reading the number of replicas stays as it is.
    """

    def __init__(self, jobs_per_replica: int = 4) -> None:
        self._jobs_per_replica = jobs_per_replica
        self._jobs = 0
        self._read_at = -math.inf
        self._reader: threading.Thread | None = None

    def __call__(self, ctx: AutoscalingContext) -> tuple[int, dict[str, Any]]:
        self._keep_reading()
        if time.monotonic() - self._read_at > STALE_SECONDS:
            return ctx.target_num_replicas, {}
        wanted = math.ceil(self._jobs / self._jobs_per_replica)
        least, most = ctx.capacity_adjusted_min_replicas, ctx.capacity_adjusted_max_replicas
        return max(least, min(most, wanted)), {"jobs": self._jobs}

    def _keep_reading(self) -> None:
        if self._reader is None or not self._reader.is_alive():
            self._reader = threading.Thread(target=self._read, daemon=True, name="queue-depth")
            self._reader.start()

    def _read(self) -> None:
        url = Settings().database_url
        if url is None:
            return
        database = Database(url, pool_size=1)
        while True:
            try:
                with database.transaction() as rows:
                    now = depth(rows)
                self._jobs = now.waiting + now.running
            except SQLAlchemyError:
                pass  # stale readings freeze the scale; the next one may succeed
            else:
                self._read_at = time.monotonic()
            time.sleep(POLL_SECONDS)
