"""The officers' pages that join the register with the results of determinations.

Comes in: an officer's questions (an area, filters, a family). Goes out: summaries, lists, a family's page,
spreadsheets. Always true: it has no tables of its own and asks the other steps only through their queries;
NIK and KK numbers show masked; the address of a page holds every filter, so the back button works.
"""
