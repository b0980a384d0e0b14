"""What signing costs: seconds and memory for a short film beside a long one.

``python -m bench.credentials``: films of noise are signed and read again, each in a process of its
own. An hour of lesson at 512 by 512 has about 360 MiB.
"""

import argparse
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import av
import numpy as np
from av.video.stream import VideoStream
from rich.console import Console
from rich.table import Table

from pipeline.provenance.credentials import read_credentials
from pipeline.provenance.origin import Origin
from pipeline.provenance.signing import open_signer
from serve.services.certificates import keep_certificates

MEBIBYTE = 1024 * 1024
ORIGIN = Origin("0199a3c0-7e1b-7000-8000-000000000001", "0000", "0", {})


def film(path: Path, mebibytes: int) -> None:
    """Noise, each picture by itself: more than a mebibyte each."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as output:
        stream = output.add_stream("mpeg4", rate=25)
        assert isinstance(stream, VideoStream)
        stream.width = stream.height = 1024
        stream.bit_rate, stream.gop_size = 400_000_000, 1
        noise = _noise()
        written = 0
        while written < mebibytes * MEBIBYTE:
            packets = stream.encode(noise)
            output.mux(packets)
            written += sum(packet.size for packet in packets)
        output.mux(stream.encode(None))


def _noise() -> av.VideoFrame:
    drawn = np.random.default_rng(0).integers(0, 255, (1024, 1024, 3), np.uint8)
    return av.VideoFrame.from_ndarray(drawn, "rgb24")


def measure(mebibytes: int) -> None:
    """Writes one row: size, seconds to sign, seconds to read, memory before and at most."""
    with TemporaryDirectory() as folder:
        kept = keep_certificates(Path(folder) / "provenance")
        signer, path = open_signer(kept.chain, kept.key), Path(folder) / "lesson.mp4"
        film(path, mebibytes)
        before, start = _memory(), perf_counter()
        signer.sign(path, ORIGIN)
        signed = perf_counter()
        found = read_credentials(path, kept.root.read_text())
        read = perf_counter()
    sys.stdout.write(
        f"{mebibytes} {signed - start:.2f} {read - signed:.2f} {before:.0f} {_memory():.0f} "
        f"{found.state}\n"
    )


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1000], help="MiB")
    options.add_argument("--one", type=int, help="only measure this size, here")
    asked = options.parse_args()
    if asked.one is not None:
        return measure(asked.one)
    table = Table("MiB", "sign s", "read s", "memory before, MiB", "at most", "state")
    for size in asked.sizes:
        command = [sys.executable, "-m", "bench.credentials", "--one", str(size)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        table.add_row(*done.stdout.split())
    Console().print(table)
    return None


if __name__ == "__main__":
    main()
