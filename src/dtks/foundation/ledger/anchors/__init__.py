"""Anchors: checkpoints in places that others keep, so that a head once shown cannot be taken back.

Comes in: the newest checkpoint. Goes out: lines in a file (a USB stick, a mounted archive), a POST to an
address, a question to an RFC 3161 time-stamping authority. Always true: only digests
leave, and what came back is kept.
"""
