"""Django's migrations as the SQL that they send, which needs the models that earlier migrations have built.

Imports `runners.python`, `runners.shared` and `sql.meaning`; only the profile and the opt-out are loaded with the
registry.
"""
