"""The action: its steps as the runner runs them, and its side of GitHub's REST API."""
