"""The register: people, families, households, and what is known of each over time.

In: normalised tables of families and people (`actions.load_people`) and single changes. Out: plain rows
and Polars frames (`queries`), and the dictionary of every variable (`dictionary`).

Always true: a fact is never overwritten. A change closes the row that it replaces (`superseded_at`) and
adds a new one; at any moment one row per subject and table is the current one.
"""
