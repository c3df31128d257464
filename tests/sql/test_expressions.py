"""What an expression of the catalogue is made of."""

import pytest

from idxlint.sql.meaning.expressions import Parts, parts


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("(price > (0)::numeric)", Parts(("price",), ("0",))),
        ("((kind)::text = ANY (ARRAY['a'::text, 'it''s'::text]))", Parts(("kind",), ("a", "it's"))),
        ("(lower(email) OPERATOR(public.=) email)", Parts(("email",))),
        ("ROW(\"a b\", t.c, t.*, -1.5, '-2'::integer)", Parts(("a b", "c"), ("-1.5", "-2"))),
        ("(a > 1) AND (a < 1)", Parts(("a",), ("1",))),
        ("no expression", Parts()),
        ("", Parts()),
    ],
)
def test_parts(expression: str, expected: Parts) -> None:
    """Columns and constants come out once each, in the order of the text; text that is none has neither."""
    assert expected == parts(expression)
