"""The migration tools themselves, where they can be had."""
