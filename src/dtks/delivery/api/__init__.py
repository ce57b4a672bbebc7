"""The officers' JSON API, read-only for now: /api/v1/, described by /api/v1/openapi.json.

Comes in: the session of a signed-in officer. Goes out: what the officers' pages show, as JSON, masked in the
same way. Always true: an operation names the permission it needs as a page does; nothing of a person stands
in an address; what is read of people is an event in the audit trail; every refusal is a problem document with
a DTKS code.
"""
