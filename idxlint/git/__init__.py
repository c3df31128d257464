"""What git says of a change: which migrations are reported on, and since which commit."""
