"""What the readers of several tools have in common. Imports `runners` only for the profile."""
