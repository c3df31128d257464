"""Tools whose files are plain SQL, one module a tool. Imports `runners.shared`."""
