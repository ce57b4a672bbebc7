"""The rule language: one sentence of an SQL predicate subset, checked at load, run on any engine.

In: the text of a rule, the variables it may name (`variables`), dated parameters (`parameters`)
and named definitions (`definitions`). Out: a `language.Rule`, whose `expression()` is a Narwhals
boolean over the family table (or, for a rule of level "person", over the people table).

    from dtks.determination.targeting.rules import language, members, variables
    rule = language.parse("desil <= :desil_max AND ANY_MEMBER(age >= 60)",
                          variables=variables.known(), parameters={"desil_max": 4},
                          where="programmes/pkh.yaml:12")
    table = members.attach(families, members.summarise(people, members.plan([rule.tree])))
    table = table.with_columns(rule.expression().alias("pkh__desil"))

Always true:
- three values: a null input makes a comparison null (unknown), AND, OR, NOT follow SQL, and an
  answer of "don't know" counts as null. Unknown never becomes true by itself;
- one implementation: `Rule.evaluate` runs the same expression on a table of one row;
- whole numbers only: no float decides;
- refused at load, with file and line: an unknown name, a wrong type, a code outside its list, a
  comparison that can never hold, any SQL beyond the subset (`docs/reference/rules.md`).
"""
