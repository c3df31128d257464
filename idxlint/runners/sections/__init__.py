"""Tools whose one file holds both directions, each in a section of its own. Imports `runners.shared`."""
