"""Made-up rows for the tables of a throw-away database, and statements as an application would send them.

It imports `sql` and a connection from `live/server`.
"""
