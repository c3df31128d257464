"""Which runner a folder has: real files, the evidence in them, and what a project says itself."""

import json
from pathlib import Path
from typing import Any

import pytest

from idxlint.runners.detect import detect
from idxlint.runners.files import collect
from idxlint.runners.shared.profile import Detected, Profile
from idxlint.runners.tools.psql import PSQL, read
from tests.conftest import Run

CIC = "CREATE INDEX CONCURRENTLY i ON orders (status);\n"
GOOSE = "-- +goose Up\n" + CIC
MODULE = "module app\n\nrequire github.com/golang-migrate/migrate/v4 v4.18.1\n"


def tool(name: str, **evidence: Any) -> Profile:
    """A migration tool that does what psql does and is known by this evidence."""
    return Profile(name, name, read, PSQL.wrap, PSQL.send, "", order=PSQL.order, **evidence)


MARKED = tool("marked", marker=r"^-- marked\b")
CONFIGURED = tool("configured", configs=("tool.toml", "etc/tool.toml"))
DECLARED = tool("declared", manifests=(("go.mod", "declared/tool"),))
NAMED = tool("named", names=r"V\d+__.*\.sql", layout=r"(?:^|/)db/V\d")
TOOLS = (PSQL, NAMED, DECLARED, CONFIGURED, MARKED)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository; nothing above it counts."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "db").mkdir()
    return tmp_path


def found(root: Path, *tools: Profile, folder: str = "db") -> Detected:
    """What is found for the files of a folder."""
    files = sorted((root / folder).glob("*.sql"))
    return detect(tools or TOOLS, root / folder, files, files[0].relative_to(root).as_posix())


@pytest.mark.parametrize(
    ("strength", "name", "evidence"),
    [
        (1, "named", "the file names"),
        (2, "declared", "declared/tool in go.mod"),
        (3, "configured", "tool.toml"),
        (4, "marked", "a marker in V2__b.sql"),
    ],
)
def test_strongest_first(project: Path, strength: int, name: str, evidence: str) -> None:
    """A marker beats a configuration file, that a manifest, that the names."""
    files = {
        "db/V1__a.sql": CIC,
        "go.mod": "require declared/tool v1\n",
        "tool.toml": "",
        "db/V2__b.sql": f"-- marked\n{CIC}",
    }
    for path, text in [*files.items()][:strength]:
        (project / path).write_text(text, "utf-8")
    one = found(project)

    assert (one.profile.name, one.evidence, one.assumed) == (name, evidence, False)


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("db/tool.toml", "", "configured"),
        ("etc/tool.toml", "", "configured"),
        ("db/go.mod", "declared/tool", "declared"),
        ("go.mod", "another/tool", "psql"),
        ("sub/tool.toml", "", "psql"),
    ],
)
def test_beside_or_above(project: Path, path: str, text: str, name: str) -> None:
    """Configuration and manifests stand beside the migrations or above them."""
    (project / "db" / "a.sql").write_text(CIC, "utf-8")
    (project / path).parent.mkdir(exist_ok=True)
    (project / path).write_text(text, "utf-8")

    assert found(project).profile.name == name


def test_what_others_need(project: Path) -> None:
    """What go.mod lists only because another module needs it runs nothing here."""
    other = tool("other", manifests=(("go.mod", "other/tool"),))
    (project / "db" / "a.sql").write_text(CIC, "utf-8")
    (project / "go.mod").write_text("require declared/tool v1\nrequire other/tool v2 // indirect\n", "utf-8")

    assert found(project, DECLARED, other).profile is DECLARED
    assert found(project, other).assumed


def test_end_of_a_long_manifest(project: Path) -> None:
    """A dependency counts wherever it stands."""
    (project / "db" / "a.sql").write_text(CIC, "utf-8")
    (project / "go.mod").write_text("require a/b v1\n" * 5_000 + "require declared/tool v1\n", "utf-8")

    assert found(project).profile is DECLARED


def test_nothing_is_known(project: Path) -> None:
    """Psql is assumed, and said to be."""
    (project / "db" / "a.sql").write_text(CIC, "utf-8")

    assert found(project) == Detected(PSQL, "no tool was detected", assumed=True)


def test_nearest_counts(project: Path) -> None:
    """Each application of a repository may have its own tool."""
    other = tool("other", configs=("other.toml",))
    (project / "app" / "db").mkdir(parents=True)
    (project / "app" / "db" / "a.sql").write_text(CIC, "utf-8")
    (project / "tool.toml").touch()
    (project / "app" / "other.toml").touch()

    assert found(project, CONFIGURED, other, folder="app/db").profile is other


def test_stops_at_the_repository(project: Path) -> None:
    """What stands above the repository is another project's."""
    (project / "tool.toml").touch()
    inner = project / "inner"
    (inner / "db").mkdir(parents=True)
    (inner / "db" / "a.sql").write_text(CIC, "utf-8")
    assert found(inner).profile is CONFIGURED

    (inner / ".git").mkdir()
    assert found(inner).profile is PSQL


def test_names_have_to_fit(project: Path) -> None:
    """A tool that would not take most of the files does not run them, whatever is configured."""
    fussy = tool("fussy", configs=("tool.toml",), names=r"\d+_.*\.sql")
    (project / "tool.toml").touch()
    for name in ("1_a.sql", "2_b.sql", "seed.sql"):
        (project / "db" / name).write_text(CIC, "utf-8")
    assert found(project, fussy).profile is fussy

    (project / "db" / "roles.sql").write_text(CIC, "utf-8")
    assert found(project, fussy).assumed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"marker": "^-- marked"}, {"marker": "^-- mark"}),
        ({"configs": ("tool.toml",)}, {"configs": ("etc/tool.toml",)}),
        ({"manifests": (("go.mod", "one"),)}, {"manifests": (("go.mod", "other"),)}),
        ({"layout": "db/"}, {"layout": "a.sql"}),
    ],
)
def test_two_of_one_strength(project: Path, one: dict[str, Any], other: dict[str, Any]) -> None:
    """Nobody guesses between two tools; weaker evidence may decide."""
    (project / "etc").mkdir()
    (project / "db" / "a.sql").write_text(f"-- marked\n{CIC}", "utf-8")
    (project / "go.mod").write_text("one other\n", "utf-8")
    (project / "tool.toml").touch()
    (project / "etc" / "tool.toml").touch()
    first, second = tool("first", **one), tool("second", **other)

    assert found(project, first, second).assumed
    if "layout" not in one:
        decided = tool("second", **other, layout="(?:^|/)db/")
        assert found(project, first, decided).profile is decided


def test_marker_in_a_few_of_many(project: Path) -> None:
    """The files that are looked at come from all over the folder; a byte order mark is no text."""
    for number in range(100):
        text = f"\ufeff-- marked\n{CIC}" if number >= 50 else CIC
        (project / "db" / f"{number:03}.sql").write_text(text, "utf-8")

    assert found(project).profile is MARKED


@pytest.mark.parametrize("marked", [0, 1, 31, 59])
def test_marker_in_one_file(project: Path, marked: int) -> None:
    """One more migration does not change which tool is found: each file of a common folder is looked at."""
    for number in range(60):
        text = f"-- marked\n{CIC}" if number == marked else CIC
        (project / "db" / f"{number:03}.sql").write_text(text, "utf-8")

    assert found(project).profile is MARKED


def test_folders_are_looked_at_for_themselves(project: Path) -> None:
    """Two histories, two runners."""
    for folder, name, text in (("one", "1_a.sql", GOOSE), ("two", "1_a.up.sql", CIC)):
        (project / folder).mkdir()
        (project / folder / name).write_text(text, "utf-8")
    (project / "two" / "go.mod").write_text(MODULE, "utf-8")
    plans, unread = collect(["one", "two"], project, lambda _: False)

    assert unread == []
    assert [(plan.profile.name, plan.assumed) for plan in plans] == [
        ("goose", False),
        ("golang-migrate", False),
    ]


def report(run: Run, *arguments: str) -> list[tuple[str, str, bool]]:
    """The rule, the runner, and whether it is assumed, of each finding in the JSON report."""
    done = run("check", "--format", "json", *arguments)
    assert done.err == ""
    return [(one["rule"], one["runner"], one["runner_assumed"]) for one in json.loads(done.out)["findings"]]


def test_report_names_the_runner(project: Path, run: Run) -> None:
    """Who reads a finding sees for which runner it is true, and whether that is assumed."""
    (project / "db" / "1_a.up.sql").write_text(f"SELECT 1;\n{CIC}BEGIN;\n{CIC}", "utf-8")
    assert report(run, "db") == [("concurrently-in-transaction", "psql", True)]

    (project / "go.mod").write_text(MODULE, "utf-8")
    assert ("concurrently-not-alone", "golang-migrate", False) in report(run, "db")


def test_option_overrides(project: Path, run: Run) -> None:
    """What is asked for beats what is found."""
    (project / "db" / "1_a.sql").write_text(GOOSE, "utf-8")

    assert report(run, "db") == [("concurrently-in-transaction", "goose", False)]
    assert report(run, "db", "--runner", "psql") == []
    assert report(run, "db", "--runner", "golang-migrate") == [
        ("runner-lock-blocks-concurrently", "golang-migrate", False)
    ]


def test_configured_by_name(project: Path, run: Run) -> None:
    """One word for the whole project; the option is stronger."""
    (project / "db" / "1_a.sql").write_text(GOOSE, "utf-8")
    (project / "idxlint.yaml").write_text("runner: golang-migrate\n", "utf-8")

    assert report(run, "db") == [("runner-lock-blocks-concurrently", "golang-migrate", False)]
    assert report(run, "db", "--runner", "goose") == [("concurrently-in-transaction", "goose", False)]


def test_configured_by_folder(project: Path, run: Run) -> None:
    """A map of patterns; what none of them means is detected."""
    for folder in ("one", "two", "three"):
        (project / folder).mkdir()
        (project / folder / "1_a.sql").write_text(GOOSE, "utf-8")
    (project / "idxlint.yaml").write_text('runner: {one/**: golang-migrate, "two/**": psql}\n', "utf-8")

    assert report(run, "one", "three", "two") == [
        ("runner-lock-blocks-concurrently", "golang-migrate", False),
        ("concurrently-in-transaction", "goose", False),
    ]


@pytest.mark.parametrize("arguments", [("--runner", "gooose"), ()])
def test_unknown_runner(project: Path, run: Run, arguments: tuple[str, ...]) -> None:
    """A name that nobody has is a mistake of usage, with the names that there are."""
    (project / "db" / "1_a.sql").write_text(GOOSE, "utf-8")
    if not arguments:
        (project / "idxlint.yaml").write_text("runner: gooose\n", "utf-8")
    done = run("check", "db", *arguments)

    assert (done.code, done.out) == (2, "")
    assert "gooose" in done.err
    assert "golang-migrate" in done.err


def test_standard_input_is_psqls(project: Path, run: Run) -> None:
    """Nothing is known about it but what the option says."""
    text = GOOSE.encode()
    (project / "flyway.toml").touch()

    assert run("check", "-", stdin=text).code == 0
    done = run("check", "--runner", "goose", "--format", "json", "-", stdin=text)
    (finding,) = json.loads(done.out)["findings"]
    assert (finding["rule"], finding["runner"]) == ("concurrently-in-transaction", "goose")
