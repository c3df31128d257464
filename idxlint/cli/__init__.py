"""The command line: flags, commands, and where reports go."""
