"""The steps of action.yml.

They run before anything is installed: they import `model` and `system` only, and so nothing but the standard library.
"""
