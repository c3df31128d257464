"""DbUp: statement by statement, without a transaction unless the program asks for one."""

from idxlint.model import Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.orders import BY_TEXT
from idxlint.runners.shared.profile import Place, Profile

_LEAVE = "remove `WithTransaction()` or `WithTransactionPerScript()` from the program that runs it"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The whole file; scripts have no way down."""
    return (Unit(Span(0, len(source.text)), place.direction, Wrap.NONE, Send.STATEMENT, leave=_LEAVE),)


DBUP = Profile(
    name="dbup",
    title="DbUp",
    read=read,
    wrap=Wrap.NONE,
    send=Send.STATEMENT,
    order=BY_TEXT,
    leave=_LEAVE,
    source="DbUp/DbUp 41228ce (DefaultScriptSorter.cs, UpgradeConfiguration.cs), DbUp/dbup-postgresql 2ebbc1a",
    manifests=(
        ("Directory.Packages.props", "dbup-postgresql"),
        ("packages.config", "dbup-postgresql"),
        ("*.csproj", "dbup-postgresql"),
        ("*.fsproj", "dbup-postgresql"),
    ),
)
