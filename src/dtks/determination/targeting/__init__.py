"""How well off is a family? Snapshots, the rule language, and the welfare score with its deciles.

In: a survey in which consumption was measured (`survey`, `train`), or the families and people of a
snapshot (`schema`). Out: a readable welfare model (`model_file`), the score of every family in whole
micro-log units (`score`), its decile by dated cut-points (`deciles`), and how often that errs
(`evaluate`).

Always true:
- consumption, its parts, ranks, arms of an experiment and ids are never predictors (`domain.NEVER`);
- accuracy is judged on villages that the model has not seen, never on households;
- whole numbers decide: a score is a sum of integers and is the same on every engine;
- an answer that is unknown never makes a family look poorer than any answer could, and a family
  whose required answers are unknown has no score and no decile;
- decile 1 is the poorest.
"""
