"""Run whole histories, and turn the evidence into a verdict on each finding.

It imports `model`, `sql` and the other rooms of live mode, which know nothing of it.
"""
