"""Words that every part of DTKS shares: NIK, KK number, rupiah, period, names, identifiers, errors.

In: text and plain values as people write them. Out: frozen, validated values, or an error that says
which rule was broken. Always true: pure Python, no framework, no input or output, and the clock is
passed in (only ``ids`` looks at it, to number what is new).
"""
