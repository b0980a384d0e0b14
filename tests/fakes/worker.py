"""A producer in a process of its own, to be killed: ``python -m tests.fakes.worker SETTINGS``."""

import asyncio
import json
import sys

from db.session import Database
from pipeline.producer import Producer
from pipeline.storage import Storage
from tests.fakes.engines import CountedScript, CountedSpeech, CountedVideo
from tests.fakes.studio import AT_ONCE, QUICK


def main() -> None:
    settings = json.loads(sys.argv[1])
    producer = Producer(
        Database(settings["database_url"]),
        Storage(**settings["storage"]),
        CountedScript(),
        CountedSpeech(),
        CountedVideo(),
        name="worker",
        timing=QUICK,
        retries=AT_ONCE,
    )
    asyncio.run(producer.run())


if __name__ == "__main__":
    main()
