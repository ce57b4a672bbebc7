"""A transparency log as the field knows it: RFC 6962 tree, C2SP tiles, signed notes, cosignatures.

Comes in: leaf hashes, keys, tiles that were read somewhere. Goes out: tiles, roots, proofs, notes, and
whether they hold. Always true: nothing here knows a database, a clock, a socket or what an entry means.
"""
