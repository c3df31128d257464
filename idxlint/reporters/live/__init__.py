"""What live mode saw, in the formats that people and machines read.

It imports `model` and the parts that all reporters share, and nothing of live mode itself.
"""
