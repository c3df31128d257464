"""From files to a report: parse, replay, judge, silence."""
