"""The auditor's pages: the trail is searched, verified in the browser, and taken along.

Comes in: what the ledger keeps, and the names of officers, areas and (asked for with a purpose) people. Goes
out: pages, workbooks, bundles of proofs; to everybody the log as static files, which tell nothing of anybody.
Always true: an auditor sees the events of the own area alone, and whatever is read here is itself recorded.
"""
