"""`lectern verify`: a model's own code against golden vectors, with stand-in weights."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Protocol

from rich.console import Console

from pipeline.errors import LecternError

PROOFS = {
    "zonos": "deployments.zyphra.zonos.verify",
    "kdtalker": "deployments.kdtalker.kdtalker.verify",
}


class Check(Protocol):
    """One comparison: what was compared, how far it is off, how far it may be, and so whether it
    holds."""

    @property
    def name(self) -> str: ...
    @property
    def error(self) -> float: ...
    @property
    def tolerance(self) -> float: ...
    @property
    def ok(self) -> bool: ...


class NothingToVerify(LecternError):
    """There are no golden vectors of {0} in {1}."""

    code = "nothing_to_verify"
    advice = "Name the folder that holds the .npz files."


class ModelCodeMissing(LecternError):
    """The code of {0} cannot be loaded: {1}"""

    code = "model_code_missing"
    advice = "Install the packages of the large models: pip install 'lectern[models]'."


def verify(model: str, golden: Path, console: Console) -> bool:
    """Prints every check as it is made; whether all held. Raises NothingToVerify."""
    checks = _proof(model)(golden, lambda check: console.print(_line(check), highlight=False))
    if not checks:
        raise NothingToVerify(model, golden)
    failed = sum(not check.ok for check in checks)
    console.print(f"{len(checks) - failed} passed, {failed} failed", highlight=False)
    return failed == 0


def _proof(model: str) -> Callable[[Path, Callable[[Check], None]], list[Check]]:
    try:
        # by name: who does not ask for it does not load torch
        proof: Callable[[Path, Callable[[Check], None]], list[Check]] = import_module(
            PROOFS[model]
        ).verify
    except ModuleNotFoundError as error:
        raise ModelCodeMissing(model, error) from error
    return proof


def _line(check: Check) -> str:
    mark = "[green]✓[/]" if check.ok else "[red]✗[/]"
    return f"{mark} {check.name}  [dim]{check.error:.2e} of {check.tolerance:.0e} allowed[/]"
