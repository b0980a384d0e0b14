"""A sender in a process of its own, to be killed: ``python -m tests.fakes.sender_worker URL``."""

import asyncio
import sys

from db.session import Database
from pipeline.deliveries import Sender
from pipeline.outbound import Outbound
from tests.fakes.senders import AT_ONCE, GENEROUS, LOOPBACK, QUICK, SECRETS


def main() -> None:
    outbound = Outbound(LOOPBACK, GENEROUS)
    sender = Sender(Database(sys.argv[1]), outbound, SECRETS, schedule=AT_ONCE, timing=QUICK)
    asyncio.run(sender.run())


if __name__ == "__main__":
    main()
