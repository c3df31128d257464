"""What a project wants of idxlint: the configuration and its reader."""
