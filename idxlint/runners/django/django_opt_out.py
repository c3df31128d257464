"""How a migration leaves the transaction: what Django's profile says, and its reader advises."""

LEAVE = "set `atomic = False` on the Migration class"
