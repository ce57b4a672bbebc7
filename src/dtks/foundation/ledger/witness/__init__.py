"""A witness (C2SP tlog-witness): it remembers the newest head of a log and cosigns only what continues it.

Comes in: signed heads with a proof that they continue the last one. Goes out: a cosignature, or why not.
Always true: of two heads of one log that this witness cosigned, the later one begins with the earlier one. It
needs no registry and no Django: a key, a small file of its own, and the log's public key.
"""
