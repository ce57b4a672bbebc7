"""The run over a snapshot: checks, score, decile, eligibility, amounts, totals, published results.

In: a snapshot directory (`dtks.determination.targeting.snapshot`), or an area of the registry
of which a snapshot is taken first, and a period. Out: `families/PP.parquet`, `totals.parquet`
and `manifest.json` in one directory; for a run over the registry also the table `FamilyResult`.

Always true: the registry itself is not read by a determination; the same snapshot gives the
same bytes, with one worker or two; a family that fails a check goes to verification with its
reason and is neither scored nor dropped; what is unknown makes nobody eligible; decile 1 is
the poorest.
"""
