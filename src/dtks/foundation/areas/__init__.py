"""Areas of Indonesia: province, regency or city, district, village, with their codes over time.

In: the packaged reference (Kemendagri codes, names, points, boundaries, population, BPS codes) and, if
there are any, a table of accessibility and hazards. Out: areas by code, by place in the hierarchy, by
name. Always true: a code of an area is never the key of a person, and an area that is abolished stays,
with the day it ended.
"""
