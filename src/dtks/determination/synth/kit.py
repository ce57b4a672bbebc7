"""What is needed to make any province of a request; costly, so made once in a process."""

from __future__ import annotations

from dtks.determination.synth import welfare
from dtks.determination.synth.balance import Pool, RegencyTilt
from dtks.determination.synth.calibration import Calibration
from dtks.determination.synth.chance import stream_key
from dtks.determination.synth.domain import SynthRequest
from dtks.determination.synth.naming import addresses, compile_names, three_digits
from dtks.determination.synth.numbers import Calendar
from dtks.determination.synth.parquet_codes import word_page
from dtks.determination.synth.plan import Layout
from dtks.determination.synth.programs import ProgramBook

KNOWN_FROM_CARD = frozenset(
    {"member_no", "presence", "relation", "sex", "religion", "citizenship", "blood_type", "status"}
)
"""Known of everybody; all else is asked only of those who live here (404 is 1 or 5)."""
DRAWN_OTHERWISE = ("weight_tenths", "height_tenths", "measured_ago", "income_steps")


class Kit:
    """Compiled draws, weighed families, names and calendar."""

    def __init__(
        self, *, request: SynthRequest, calibration: Calibration, pool: Pool, layout: Layout
    ) -> None:
        self.request = request
        self.calibration = calibration
        self.pool = pool
        self.layout = layout
        self.programs = ProgramBook(calibration, request.taken_on)
        self.names = compile_names(calibration.names)
        self.calendar = Calendar.of(request.taken_on, request.seed)
        self.tilt = RegencyTilt(pool)
        national = calibration.national
        self.made_of = welfare.composition(pool, national.welfare, national.mean_size)
        self.own_lots = welfare.own_lots()
        words = addresses(calibration), three_digits()
        self.addresses, self.three_digits = ((word_page(one), len(one)) for one in words)
        coded = (name for name, kind in layout.person.items() if kind == "int16")
        asked = (name for name in coded if name not in KNOWN_FROM_CARD | {"province", "age"})
        self.asked_of_the_present = (*asked, *DRAWN_OTHERWISE)

    def stream(self, name: str) -> int:
        """The key of one stream of chance of this request."""
        return stream_key(self.request.seed, name)
