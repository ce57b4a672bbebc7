"""What the program owes to the people whose data it holds (UU 27/2022, Pelindungan Data Pribadi).

Comes in: what each step says of its tables in its own `privacy.py`, and the files of `parameters/privacy/`.
Goes out: the class of every column, the record of processing, consents with their receipts, what is past its
retention and is shredded, the register of breaches with its clock of 3×24 hours, and impact assessments.
Always true: no column of a table is unclassified, and nothing in the registers of this package is changed or
deleted by an officer: a correction is a new version. Only its retention ends a withdrawn consent.
"""
