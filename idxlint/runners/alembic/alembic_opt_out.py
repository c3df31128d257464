"""How a revision leaves the transaction: what Alembic's profile says, and its reader advises."""

LEAVE = "wrap it in `with op.get_context().autocommit_block():`"
