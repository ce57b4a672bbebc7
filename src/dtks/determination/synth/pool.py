"""The weighed pool of skeleton families: computed from the national figures, and kept ready.

`data/pool.parquet` is what `python -m dtks.determination.synth.pool` wrote for the figures that come with
the program: reading it saves seconds at every start, and makes the bytes of a population independent of
the machine's linear algebra. With other figures the pool is computed when it is needed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import polars as pl

from dtks.determination.synth import balance, skeletons
from dtks.determination.synth.balance import MEMBER_FIELDS, Pool
from dtks.determination.synth.calibration import National

READY = Path(__file__).parent / "data" / "pool.parquet"
_MARK = "dtks-figures"


def national_pool(national: National) -> Pool:
    """The pool for these figures: the one kept ready if it was made from them, else made now."""
    if is_ready(national):
        return _from_table(pl.read_parquet(READY))
    return balance.national_pool(national)


def is_ready(national: National) -> bool:
    """Whether the pool kept ready was made from these figures by the present rules."""
    return READY.exists() and pl.read_parquet_metadata(READY).get(_MARK) == _mark(national)


def write(national: National, path: Path = READY) -> None:
    """Make the pool and keep it."""
    pool = balance.national_pool(national)
    families = np.repeat(np.arange(len(pool.size), dtype=np.int16), pool.size)
    columns = {name: getattr(pool, name) for name in MEMBER_FIELDS}
    table = pl.DataFrame({"family": families, **columns, "weight": pool.weight[families]})
    path.parent.mkdir(exist_ok=True)
    table.write_parquet(path, compression_level=15, metadata={_MARK: _mark(national)})


def _from_table(table: pl.DataFrame) -> Pool:
    families = table["family"].to_numpy()
    start = np.flatnonzero(np.diff(families, prepend=-1)).astype(np.int32)
    fields = {name: table[name].to_numpy() for name in MEMBER_FIELDS}
    return Pool(
        size=np.diff(start, append=len(families)).astype(np.int8),
        start=start,
        **fields,
        weight=table["weight"].to_numpy()[start],
    )


def _mark(national: National) -> str:
    """Stands for the figures and the rules that the pool is made from."""
    rules = b"".join(Path(module.__file__ or "").read_bytes() for module in (skeletons, balance))
    sizes = (national.mean_size, national.size_shares, national.female_headed)
    figures = (*sizes, national.age_shares, national.never_married)
    return hashlib.sha256(repr(figures).encode() + rules).hexdigest()


if __name__ == "__main__":
    from dtks.config.environment import PROJECT_ROOT
    from dtks.determination.synth import calibration

    write(calibration.load(PROJECT_ROOT / "parameters" / "calibration").national)
