"""Encryption of sensitive values: the key ring, sealed values, blind indexes, sealed files, rotation of keys.

In: plain values with the label of the place where they are kept. Out: bytes that open only there, and
16-byte blind indexes for exact look-up. Always true: no key is ever logged or printed, a ring is made by
`migrate` and never by a reader, and a value that was altered or moved raises instead of opening.
"""
