"""Programs for check.held_out."""

from learners import edits, right


@right
def object_by_object(y, fold, fit, score):
    total = 0
    for f in set(fold):
        parts = fit([a for a, g in zip(y, fold, strict=True) if g != f])
        total += sum(score([a], *parts) for a, g in zip(y, fold, strict=True) if g == f)
    return total


edits(object_by_object)("""
right | set(fold) -> range(max(fold) + 1)
judged-on-the-same-objects | if g == f -> if g != f
one-fold-only | set(fold) -> range(max(fold))
none | -> 2 * total
""")
