"""What the readers of several tools need: a profile's fields, lines, first words, directives of other tools.

The ground floor of `runners`: it imports `model` and `sql.text`, and no reader.
"""
