"""Statements by hand: what the trail and the log write and read many at a time."""
