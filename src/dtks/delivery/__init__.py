"""Delivery: aid, answers and accountability. Built on all floors above it."""
