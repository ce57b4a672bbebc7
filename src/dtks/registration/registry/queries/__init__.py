"""What others may ask the register. Keyword arguments in, plain types and Polars frames out."""

from dtks.registration.registry.bulk.indexes import missing as missing_indexes
from dtks.registration.registry.queries.export import export_snapshot, identities
from dtks.registration.registry.queries.family import family, history
from dtks.registration.registry.queries.homes import families_of, homes
from dtks.registration.registry.queries.listing import count_by_area, families, family_ids, hold_more_than
from dtks.registration.registry.queries.search import kin, people, person

__all__ = [
    "count_by_area",
    "export_snapshot",
    "families",
    "families_of",
    "family",
    "family_ids",
    "history",
    "hold_more_than",
    "homes",
    "identities",
    "kin",
    "missing_indexes",
    "people",
    "person",
]
