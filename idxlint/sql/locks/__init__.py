"""What a statement locks, whom that blocks, and what it does meanwhile: a measured table, and its use.

Imports `model`, `sql.text`, `sql.meaning` and `sql.state`.
"""
