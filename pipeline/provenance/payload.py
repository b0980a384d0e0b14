"""What a watermark says: 32 bits and their check, as 256 signs that survive much noise.

Each six bits become a word of the first-order Reed-Muller code RM(1, 5): a row of the Hadamard
matrix of order 32, or its opposite. Decoding is one matrix product, and takes soft values.
"""

from binascii import crc_hqx
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import hadamard

SYMBOLS, SYMBOL_BITS = 8, 6
WORD = 2 ** (SYMBOL_BITS - 1)
"""Signs of one code word: 32."""
SIGNS = SYMBOLS * WORD
NUMBER = 2**16
"""One more than the largest number that a payload holds."""

Signs = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Payload:
    """Which studio made the speech, and which speech it is: 16 bits each."""

    studio: int
    speech: int

    def __str__(self) -> str:
        return f"{self.studio:04x}-{self.speech:04x}"

    @classmethod
    def of(cls, studio: str, digest: str) -> Self:
        """Of a studio's four hexadecimal digits and the digest of a speech artefact."""
        return cls(int(studio, 16), int(digest[:4], 16))

    def signs(self) -> Signs:
        """+1 and -1; shape [256]."""
        bits = self._bits()
        symbols = [_number(bits[at : at + SYMBOL_BITS]) for at in range(0, len(bits), SYMBOL_BITS)]
        return np.concatenate([_WORDS[symbol] for symbol in symbols])

    @classmethod
    def read(cls, soft: NDArray[np.float64]) -> Self | None:
        """The likeliest payload of soft signs, shape [256]; None where its check fails."""
        symbols = (soft.reshape(SYMBOLS, WORD) @ _WORDS.T).argmax(axis=1)
        bits = "".join(f"{symbol:0{SYMBOL_BITS}b}" for symbol in symbols)
        found = cls(_number(bits[:16]), _number(bits[16:32]))
        return found if found._bits() == bits else None

    def _bits(self) -> str:
        said = self.studio.to_bytes(2) + self.speech.to_bytes(2)
        return "".join(f"{byte:08b}" for byte in said + crc_hqx(said, 0xFFFF).to_bytes(2))


def _words() -> Signs:
    """All 64 code words; shape [64, 32]."""
    rows = hadamard(WORD).astype(np.float32)
    return np.concatenate([rows, -rows])


def _number(bits: str) -> int:
    return int(bits, 2)


_WORDS = _words()
