"""Who gets what, and why: snapshots, welfare score, programme rules, runs, made-up populations."""
