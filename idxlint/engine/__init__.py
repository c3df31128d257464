"""From files to a report: parse, replay, judge, suppress.

It stands on `checks`, `config`, `rulebook`, `runners` and `sql`; it knows no git, no fix and no output format.
"""
