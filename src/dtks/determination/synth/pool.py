"""The weighed pool of skeleton families: computed from the national figures, and kept ready.

`data/pool.parquet` is what `python -m dtks.determination.synth.pool` wrote for the figures that come with
the program: reading it saves seconds at every start, and makes the bytes of a population independent of
the machine's linear algebra. With other figures the pool is computed when it is needed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dtks.determination.synth import balance, skeletons
from dtks.determination.synth.balance import MEMBER_FIELDS, Pool
from dtks.determination.synth.calibration import National

READY = Path(__file__).parent / "data" / "pool.parquet"
_MARK = b"dtks figures"


def national_pool(national: National) -> Pool:
    """The pool for these figures: the one kept ready if it was made from them, else made now."""
    if READY.exists():
        table = pq.read_table(READY)
        if (table.schema.metadata or {}).get(_MARK) == _mark(national):
            return _from_table(table)
    return balance.national_pool(national)


def write(national: National, path: Path = READY) -> None:
    """Make the pool and keep it."""
    pool = balance.national_pool(national)
    families = np.repeat(np.arange(len(pool.size), dtype=np.int16), pool.size)
    columns = {name: getattr(pool, name) for name in MEMBER_FIELDS}
    table = pa.table({"family": families, **columns, "weight": pool.weight[families]})
    path.parent.mkdir(exist_ok=True)
    marked = table.replace_schema_metadata({_MARK: _mark(national)})
    pq.write_table(marked, path, compression="zstd", compression_level=15)


def _from_table(table: pa.Table) -> Pool:
    families = table["family"].to_numpy()
    start = np.flatnonzero(np.diff(families, prepend=-1)).astype(np.int32)
    fields = {name: table[name].to_numpy() for name in MEMBER_FIELDS}
    return Pool(
        size=np.diff(start, append=len(families)).astype(np.int8),
        start=start,
        **fields,
        weight=table["weight"].to_numpy()[start],
    )


def _mark(national: National) -> bytes:
    """Stands for the figures and the rules that the pool is made from."""
    rules = b"".join(Path(module.__file__ or "").read_bytes() for module in (skeletons, balance))
    sizes = (national.mean_size, national.size_shares, national.female_headed)
    figures = (*sizes, national.age_shares, national.never_married)
    return hashlib.sha256(repr(figures).encode() + rules).hexdigest().encode()


if __name__ == "__main__":
    from dtks.config.environment import PROJECT_ROOT
    from dtks.determination.synth import calibration

    write(calibration.load(PROJECT_ROOT / "parameters" / "calibration").national)
