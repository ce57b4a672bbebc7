"""Files that come in from villages, civil registration and surveys.

In: a workbook, a CSV file or a snapshot directory, in one of the layouts of `formats/` or with a saved
column mapping. Out: families and people in the registry, a report of every row that could not go in,
and those rows kept as pending until they are mended.

Always true: a file is refused whole, before it is parsed, when it is hostile or unreadable; nothing is
dropped silently; the same file again changes nothing; an import that was killed goes on where its last
committed chunk ended; a family is loaded in one transaction; memory does not grow with the file.
"""
