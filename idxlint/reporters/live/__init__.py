"""What live mode saw, in the formats that people and machines read."""
