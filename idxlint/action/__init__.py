"""The steps of action.yml. They run before anything is installed: the standard library and `idxlint.model` only."""
