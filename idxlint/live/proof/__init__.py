"""From what was seen to a verdict on each finding."""
