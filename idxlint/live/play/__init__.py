"""Run a migration as its tool does, observe what it does to others, or stop it half way.

It imports `model`, `sql`, `live/server` and `live/seed`.
"""
