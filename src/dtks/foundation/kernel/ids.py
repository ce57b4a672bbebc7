"""Keys of records: UUID version 7 (RFC 9562), which sort by the time they were made.

They carry no meaning beyond that order; codes of areas and numbers of persons are never keys.
"""

import uuid

# The library seeds itself anew in a forked worker, so that children do not repeat their parent's keys.
from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """A new key; within a process each is greater than the one before."""
    return uuid7()


def new_ids(count: int) -> list[uuid.UUID]:
    """``count`` new keys in rising order, for bulk loads (about 400,000 a second)."""
    return [uuid7() for _ in range(count)]
