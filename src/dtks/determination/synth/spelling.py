"""Write names: words by number become text, for all people at once, without a string for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.signedinteger]
BLOCK = 4_096
"""Names written at a time: what they need then fits the processor's cache."""


@dataclass(frozen=True)
class Texts:
    """Texts one after the other, and how many bytes each has."""

    lengths: npt.NDArray[np.int32]
    data: npt.NDArray[np.uint8]

    def as_list(self) -> list[str]:
        """The texts as Python strings."""
        whole = self.data.tobytes()
        ends = np.cumsum(self.lengths)
        return [whole[end - length : end].decode() for end, length in zip(ends, self.lengths, strict=True)]


class Vocabulary:
    """Every word once, numbered in the order in which they came."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, word: str) -> int:
        return self._numbers.setdefault(word, len(self._numbers))

    def spelling(self) -> Spelling:
        return Spelling(list(self._numbers))


class Spelling:
    """Knows how the words of a vocabulary are written."""

    def __init__(self, words: list[str]) -> None:
        spaced = [f" {word}".encode() for word in words]
        self._bytes = np.frombuffer(b"".join(spaced), dtype=np.uint8)
        # One more at the end, which −1 finds: no word.
        self._length = np.array([*(len(word) for word in spaced), 0], dtype=np.int32)
        self._start = np.concatenate([[0], np.cumsum(self._length[:-1])]).astype(np.int32)

    def spell(self, parts: Numbers) -> Texts:
        """One text for each row of word numbers, with spaces between; −1 is no word, but never the first."""
        used = parts[:, (parts >= 0).any(axis=0)]
        blocks = [self._spell(used[at : at + BLOCK]) for at in range(0, len(parts), BLOCK)]
        return Texts(
            np.concatenate([block.lengths for block in blocks]),
            np.concatenate([block.data for block in blocks]),
        )

    def _spell(self, parts: Numbers) -> Texts:
        start, length = self._start.take(parts, mode="wrap"), self._length.take(parts, mode="wrap")
        start[:, 0] += 1  # without the space
        length[:, 0] -= 1
        flat = length.reshape(-1)
        ends = np.cumsum(flat, dtype=np.int32)
        source = np.repeat(start.reshape(-1) - (ends - flat), flat)
        source += np.arange(len(source), dtype=np.int32)
        return Texts(length.sum(axis=1, dtype=np.int32), self._bytes.take(source, mode="wrap"))
