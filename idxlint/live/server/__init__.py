"""PostgreSQL servers, throw-away or borrowed, their databases, and the connections to them.

It imports `model` and `system`, and no other room of live mode.
"""
