"""Aid programmes as data: who is eligible, for how much, what excludes what, and why.

In: `programmes/*.yaml` (one file per programme), `parameters/*.yaml` (dated values, laws,
definitions), and the family and people tables of a snapshot to which `desil` has been added. Out:
per family and programme a status, one outcome per criterion, and an amount in whole rupiah.

    from dtks.determination.programmes import eligibility, entitlement, households, loader, overlap, pipeline
    programmes = loader.load(on=date(2026, 12, 1))
    table = pipeline.judge(families, people, programmes)      # all of the below in their order

Step by step, each on Narwhals frames of any engine:

    plan     = pipeline.plan(programmes)                      # person columns in stages, and counts
    families = members.attach(families, members.summarise(people, plan))
    families = pipeline.with_aggregates(families, programmes)
    families = families.with_columns(**eligibility.criteria(programmes))    # pkh__desil …: Outcome
    families = families.with_columns(**eligibility.statuses(programmes))    # pkh__status: Status
    families = households.once(families, programmes)          # one grant per household
    families = overlap.resolve(families, programmes)          # mutual exclusion by priority
    families = families.with_columns(**entitlement.amounts(programmes))     # pkh__amount, pkh__people …

`answers.explain` gives the same for one family, with sentences for a reader.

Always true: unknown never makes eligible, it leads to verification; amounts are whole rupiah and
zero for whoever is not eligible; the same input gives the same output on every engine.
"""
