"""Whatever is sent to a witness, in whatever order: what it cosigns is one history."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fixtures.logs import MadeLog, log_signer

from dtks.foundation.ledger.transparency.notes import parsed_lines
from dtks.foundation.ledger.witness import keeping
from dtks.foundation.ledger.witness.protocol import Request

SIGNER = log_signer()
LONGEST = 14
histories = st.lists(
    st.lists(st.sampled_from([b"a", b"b"]), min_size=LONGEST, max_size=LONGEST), min_size=2, max_size=3
)
"""Histories that one key signs; short alphabets give long common beginnings."""
requests = st.lists(
    st.tuples(
        st.integers(0, 2),  # whose head
        st.integers(0, LONGEST),  # its size
        st.none() | st.integers(0, LONGEST),  # the old size; none: where the witness stands
        st.integers(0, 2),  # whose proof
        st.sampled_from(["whole", "whole", "whole", "none", "cut", "turned"]),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(histories=histories, asked=requests)
def test_cosigned_heads_are_always_one_history(
    histories: list[list[bytes]], asked: list[tuple[int, int, int | None, int, str]]
) -> None:
    logs = [MadeLog(each, SIGNER) for each in histories]
    cosigned: list[list[bytes]] = []
    at = 0
    with tempfile.TemporaryDirectory() as folder:
        witness = keeping.create(Path(folder) / "w", name="w.example/1", logs=[SIGNER.verifier])
        for whose, size, old, proofs, form in asked:
            if whose >= len(logs):
                witness = keeping.opened(Path(folder) / "w")  # begun anew, with what it remembers
                continue
            given_old = at if old is None else old
            other = logs[proofs % len(logs)]
            proof = other.tree(size).consistency(given_old) if given_old <= size else []
            proof = {"whole": proof, "none": [], "cut": proof[:-1], "turned": proof[::-1]}[form]
            note = logs[whose].note(size)
            answer = witness.answer(bytes(Request.of(old=given_old, proof=proof, note=note)))
            entries = histories[whose][:size]
            if answer.status == 200:
                (line,) = parsed_lines(answer.text)
                assert note.with_lines(line).by(witness.signer.verifier)
                cosigned.append(entries)
                at = size
            elif form == "whole" and given_old == at and other is logs[whose] and size >= at:
                # The honest request of a history that does continue what was cosigned is never refused.
                assert entries[:at] != (cosigned[-1] if cosigned else [])
            assert witness.logs()[0].size == at
    for earlier, later in itertools.pairwise(cosigned):
        assert later[: len(earlier)] == earlier
