"""Cek Bansos: what a citizen may look up, and the published lists it reads.

Comes in: rows of a finished determination (`actions.publish`). Goes out: name, age, village, programmes and
period of the people in one village whose name was typed. Always true: no page of this step reads the
registry; a published row holds no NIK, KK number, decile, score or address; a vague search shows nobody.
"""
