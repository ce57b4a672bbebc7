"""Made-up populations: families and people who nobody is, and who together look like Indonesia.

In: an area, a number of families, a seed (`actions.generate`), and the figures of `parameters/calibration/`.
Out: a snapshot folder as a determination reads it, with names and numbers beside it; or a workbook as
a village office keeps it (`workbook.opensid`).

Always true: the same request gives the same bytes, with any number of processes; any family can be made
again alone; every NIK and KK number has a district part that no real district has; one head a family and
one spouse at most; no answer where the questionnaire does not ask.
"""
