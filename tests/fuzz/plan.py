"""How long a run of the fuzzer is, and what is kept of it; given to pytest as a plugin."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

COSTLY = {"register", "login", "changePassword", "createAsset", "confirmUpload", "ping"}
"""Each takes a hash of 64 MiB, a process of its own, or waits for a producer: fewer of these."""
COSTLY_SHARE = 0.25


@dataclass
class Plan:
    """``examples``: random requests an operation; ``thorough`` adds every boundary there is.

    ``raising``: a finding fails its test; otherwise all of them are kept.
    """

    examples: int = 4
    thorough: bool = False
    raising: bool = True
    seed: int = 0
    answers: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    findings: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def cases(self) -> int:
        return sum(counted.total() for counted in self.answers.values())

    def examples_of(self, operation: str) -> int:
        return max(2, round(self.examples * (COSTLY_SHARE if operation in COSTLY else 1.0)))
