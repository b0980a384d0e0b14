"""What `lectern inspect` prints of a file that anybody may have made."""

from io import StringIO

from rich.console import Console

from pipeline.provenance.credentials import Credentials
from pipeline.provenance.detect import Heard
from pipeline.provenance.inspection import FoundMark, Inspection, found
from pipeline.provenance.payload import Payload
from serve.inspecting import show


def shown(inspection: Inspection) -> str:
    console = Console(file=StringIO(), width=200, force_terminal=False)
    show(inspection, console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_file_says_who_signed_it_and_what_is_heard() -> None:
    making = {"engines": [{"step": "speech", "label": "Spoken by a voice", "version": "1"}]}
    credentials = Credentials("untrusted", signed_by="Another studio", making=making)
    mark = FoundMark("beef", "0123", 0.0, 12.0, 14.2)
    lines = shown(Inspection(credentials, (mark,), 12.0, {"title": "Tides"})).splitlines()
    assert lines == [
        "Content credentials: valid, signed by someone you do not know",
        "  signed by: Another studio",
        "  speech: Spoken by a voice (1)",
        "Watermark, in 12 s of sound:",
        "  studio beef, speech 0123 from 0 to 12 s (score 14.2)",
        "title: Tides",
    ]


def test_a_mark_that_is_heard_at_another_speed_says_so() -> None:
    mark = FoundMark("beef", "0123", 0.0, 12.0, 9.1, tempo=1.25)
    told = shown(Inspection(Credentials("none"), (mark,), 12.0, {}))
    assert "from 0 to 12 s (score 9.1, 1.25 times as fast)" in told


def test_what_cannot_be_read_over_a_joint_of_two_marks_is_no_third() -> None:
    first, second = Payload(0xBEEF, 1), Payload(0xBEEF, 2)
    heard = [
        Heard(0.0, 10.0, 12.0, first),
        Heard(5.0, 15.0, 7.0, None),
        Heard(10.0, 20.0, 12.0, second),
        Heard(15.0, 25.0, 7.0, None),
        Heard(20.0, 30.0, 7.0, None),
    ]
    marks = [(mark.speech, mark.start_seconds, mark.end_seconds) for mark in found(heard)]
    assert marks == [("0001", 0.0, 10.0), ("0002", 10.0, 20.0), (None, 15.0, 30.0)]


def test_a_file_does_not_steer_the_terminal_it_is_shown_on() -> None:
    rude = "\x1b]0;owned\x07\x1b[2J[red]mine\r\nWatermark: none"
    credentials = Credentials("untrusted", signed_by=rude, generator=rude)
    told = shown(Inspection(credentials, (), 0.0, {"title\x1b[8m": rude}))
    assert all(each.isprintable() for line in told.split("\n") for each in line)
    assert "[red]mine" in told
    assert len(told.splitlines()) == 6


def test_what_strangers_wrote_for_engines_is_passed_over_where_it_is_none() -> None:
    for engines in ("none", [1, "two"], {"step": "speech"}, None):
        told = shown(Inspection(Credentials("untrusted", making={"engines": engines}), (), 0.0, {}))
        assert told.splitlines()[1].startswith("Watermark")
