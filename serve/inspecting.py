"""`lectern inspect`: what a file says of where it comes from."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich import markup
from rich.console import Console

from pipeline.provenance.credentials import State
from pipeline.provenance.inspection import FoundMark, Inspection

SAID: dict[State, str] = {
    "trusted": "[green]valid, signed by someone you trust",
    "untrusted": "[yellow]valid, signed by someone you do not know",
    "invalid": "[red]invalid: the file or its credentials were changed",
    "none": "[dim]none",
}


def show(found: Inspection, console: Console) -> None:
    credentials = found.credentials
    console.print(f"Content credentials: {SAID[credentials.state]}", highlight=False)
    for name, value in (
        ("signed by", credentials.signed_by),
        ("made by", credentials.generator),
        ("kind", credentials.source_type),
        ("problems", ", ".join(credentials.problems)),
    ):
        if value:
            console.print(f"  {name}: {escape(value)}", highlight=False)
    for told in _engines(credentials.making):
        console.print(f"  {escape(told)}", highlight=False)
    console.print(f"Watermark, in {found.listened_seconds:.0f} s of sound:", highlight=False)
    for mark in found.watermarks:
        console.print(f"  {_told(mark)}", highlight=False)
    if not found.watermarks:
        console.print("  [dim]none")
    for name, text in found.metadata.items():
        console.print(f"{escape(name)}: {escape(text)}", style="dim", highlight=False)


def _engines(making: Mapping[str, Any]) -> Iterator[str]:
    """Anybody may have written this: it need not be as we would write it."""
    engines = making.get("engines")
    for each in engines if isinstance(engines, list) else ():
        if isinstance(each, dict):
            yield f"{each.get('step')}: {each.get('label')} ({each.get('version')})"


def escape(said: str) -> str:
    """Words of a file that anybody may have made: in one line, no markup, and nothing that steers
    a terminal."""
    return markup.escape("".join(_shown(letter) for letter in said))


def _shown(letter: str) -> str:
    if letter.isspace():
        return " "
    return letter if letter.isprintable() else "�"


def _told(mark: FoundMark) -> str:
    name = f"studio {mark.studio}, speech {mark.speech}" if mark.studio else "one, unreadable"
    span = f"{mark.start_seconds:.0f} to {mark.end_seconds:.0f} s"
    return f"[green]{name}[/] from {span} (score {mark.score}{_changed(mark)})"


def _changed(mark: FoundMark) -> str:
    changes = ((mark.tempo, "fast"), (mark.pitch, "high"))
    return "".join(f", {by:g} times as {how}" for by, how in changes if by != 1)
