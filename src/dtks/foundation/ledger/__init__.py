"""The one way into the audit trail.

Comes in: an event (who, in which role and area, did what, on whom, why) from every action and every reading
of personal data. Goes out: the events of an area. Always true: an event is stored in the same transaction as
what it tells of, and is never changed.
"""
