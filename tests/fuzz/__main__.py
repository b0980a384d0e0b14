"""A long run of the fuzzer: ``python -m tests.fuzz [--cases 10000] [--seed 0] [--only createJob]``.

Every boundary of every operation, then random requests until there are as many as asked for. Prints
a table of the answers and everything that was found; ends with 1 if that is anything.
"""

import argparse
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from tests.fuzz.plan import Plan

HERE = Path(__file__).parent
OPERATIONS = 75
"""About so many there are; the examples of each follow from it."""


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    arguments.add_argument("--cases", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--only", default="", help="Operations whose name holds this.")
    given = arguments.parse_args()
    plan = Plan(given.cases // OPERATIONS, thorough=True, raising=False, seed=given.seed)
    quiet = ["-q", "-p", "no:cacheprovider", "--no-header"]
    started = time.monotonic()
    ended = pytest.main([str(HERE), *quiet, "-k", given.only], plugins=[Named(plan)])
    show(plan, time.monotonic() - started)
    sys.exit(1 if plan.findings else ended)


class Named:
    """Hands the plan to the fixtures."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def pytest_configure(self, config: pytest.Config) -> None:
        config.pluginmanager.register(self._plan, "plan")


def show(plan: Plan, seconds: float) -> None:
    console = Console()
    for name, found in sorted(plan.findings.items()):
        console.rule(f"{name}: {len(found)}")
        console.print("\n\n".join(dict.fromkeys(found)), markup=False, highlight=False)
    table = Table("operation", "cases", "2xx", "4xx", "5xx", "found", box=None)
    for name, counted in sorted(plan.answers.items()):
        shares = [sum(n for status, n in counted.items() if status // 100 == c) for c in (2, 4, 5)]
        found = len(plan.findings.get(name, ()))
        table.add_row(name, *map(str, [counted.total(), *shares, found]))
    console.print(table)
    console.print(f"{plan.cases} cases, seed {plan.seed}, {seconds:.0f} s", highlight=False)


if __name__ == "__main__":
    main()
