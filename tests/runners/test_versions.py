"""The version of a tool that a project has, and which profile that makes: real files, read by the command."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run

CIC = "CREATE INDEX CONCURRENTLY i ON orders (status);\n"
PRISMA = {
    "prisma/migrations/1_a/migration.sql": f"SELECT 1;\n{CIC}",
    "prisma/migrations/migration_lock.toml": "",
}
SUPABASE = {"supabase/migrations/20250101000000_a.sql": f"SELECT 1;\n{CIC}", "supabase/config.toml": ""}
NEW, OLD = "Prisma Migrate 7.4 and later", "Prisma Migrate before 7.4"
CLI, OLD_CLI = "Supabase CLI 2.109 and later", "Supabase CLI before 2.109"
YARN = 'left-pad@^1.0.0:\n  version "1.3.0"\n\nprisma@^6.2.0, prisma@^6.3.0:\n  version "6.4.1"\n'
BERRY = '"prisma@npm:^6.2.0":\n  version: 6.4.1\n'
PNPM = "importers:\n  .:\n    devDependencies:\n      prisma:\n        specifier: ^6\npackages:\n\n"
NPM = {"packages": {"node_modules/prisma": {"version": "7.5.0"}, "node_modules/x": {"version": "1.0.0"}}}


def package(spec: str, name: str = "prisma", group: str = "devDependencies") -> dict[str, str]:
    """A package.json that asks for a version."""
    return {"package.json": json.dumps({"scripts": {name: "5.0.0"}, group: {name: spec}})}


def workflow(version: str) -> dict[str, str]:
    """A workflow that installs the Supabase CLI."""
    step = f"      - uses: supabase/setup-cli@v1\n        with:\n          version: {version}\n"
    other = "      - uses: actions/setup-node@v4\n        with:\n          version: 2.1.0\n"
    return {".github/workflows/ci.yml": f"jobs:\n  a:\n    steps:\n{step}{other}"}


def write(folder: Path, files: dict[str, str]) -> None:
    """The files of a repository."""
    (folder / ".git").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (package("^6.2.0"), f"{OLD} (migration_lock.toml; package.json: prisma ^6.2.0)"),
        (package("6.x"), f"{OLD} (migration_lock.toml; package.json: prisma 6.x)"),
        (package("~7.3.2"), f"{OLD} (migration_lock.toml; package.json: prisma ~7.3.2)"),
        (package(">=7.4"), f"{NEW} (migration_lock.toml; package.json: prisma >=7.4)"),
        (package("10.0.0"), f"{NEW} (migration_lock.toml; package.json: prisma 10.0.0)"),
        (
            package("6.2.0", "@prisma/client", "dependencies"),
            f"{OLD} (migration_lock.toml; package.json: @prisma/client 6.2.0)",
        ),
        ({}, f"{NEW} (migration_lock.toml; no version found: taken as 7.4 and later)"),
        (
            package("6.0\x1b[31m"),
            f"{OLD} (migration_lock.toml; package.json: prisma 6.0\\x1b[31m)",
        ),
        (package("9" * 5000), f"{NEW} (migration_lock.toml; package.json: prisma {'9' * 5000})"),
        (package("latest"), f"{NEW} (migration_lock.toml; no version found: taken as 7.4 and later)"),
        ({"package.json": "{"}, f"{NEW} (migration_lock.toml; no version found: taken as 7.4 and later)"),
        (
            {"package.json": '{"devDependencies": []}'},
            f"{NEW} (migration_lock.toml; no version found: taken as 7.4 and later)",
        ),
        (
            {**package("^7.2.0"), "package-lock.json": json.dumps(NPM, indent=2)},
            f"{NEW} (migration_lock.toml; package-lock.json: prisma 7.5.0)",
        ),
        (
            {**package("catalog:"), "pnpm-lock.yaml": f"{PNPM}  prisma@6.2.1:\n  x@1.0.0:\n"},
            f"{OLD} (migration_lock.toml; pnpm-lock.yaml: prisma 6.2.1)",
        ),
        (
            {**package("^6.0.0"), "pnpm-lock.yaml": f"{PNPM}  /prisma/6.2.1:\n"},
            f"{OLD} (migration_lock.toml; pnpm-lock.yaml: prisma 6.2.1)",
        ),
        ({**package("*"), "yarn.lock": YARN}, f"{OLD} (migration_lock.toml; yarn.lock: prisma 6.4.1)"),
        ({**package("*"), "yarn.lock": BERRY}, f"{OLD} (migration_lock.toml; yarn.lock: prisma 6.4.1)"),
        (
            {**package("^7"), "bun.lock": '{"packages": {"prisma": ["prisma@7.6.0", ""]}}'},
            f"{NEW} (migration_lock.toml; bun.lock: prisma 7.6.0)",
        ),
        (
            {**package("^7.4.0"), "yarn.lock": YARN},
            f"{NEW} (migration_lock.toml; package.json: prisma ^7.4.0)",
        ),
        (
            {**package("^6.2.0"), "yarn.lock": f'{YARN}\nprisma@^7.5.0:\n  version "7.5.0"\n'},
            f"{OLD} (migration_lock.toml; package.json: prisma ^6.2.0)",
        ),
    ],
)  # fmt: skip
def test_prisma(files: dict[str, str], expected: str, run: Run, tmp_path: Path) -> None:
    """What is installed counts before what is asked for, and without either it is the newest."""
    write(tmp_path, {**PRISMA, **files})

    assert run("runners").out.splitlines()[0] == f"prisma/migrations: {expected}"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (package("2.40.7", "supabase"), f"{OLD_CLI} (supabase/config.toml; package.json: supabase 2.40.7)"),
        (workflow("2.50.0"), f"{OLD_CLI} (supabase/config.toml; ci.yml: supabase/setup-cli 2.50.0)"),
        (workflow('"2.110.0"'), f"{CLI} (supabase/config.toml; ci.yml: supabase/setup-cli 2.110.0)"),
        (workflow("latest"), f"{CLI} (supabase/config.toml; no version found: taken as 2.109 and later)"),
    ],
)
def test_supabase(files: dict[str, str], expected: str, run: Run, tmp_path: Path) -> None:
    """The CLI comes from npm or by its GitHub action; another action's version is not its own."""
    write(tmp_path, {**SUPABASE, **files})

    assert run("runners").out.splitlines()[0] == f"supabase/migrations: {expected}"


def test_nearest_package(run: Run, tmp_path: Path) -> None:
    """In a repository of many packages the nearest one says what is asked for, and the root has the lock file."""
    files = {f"apps/shop/{name}": text for name, text in {**PRISMA, **package("^6.2.0")}.items()}
    write(tmp_path, {**files, **package("^7.4.0")})
    shown = "apps/shop/prisma/migrations"
    assert f"{shown}: {OLD} (migration_lock.toml; package.json: prisma ^6.2.0)" in run("runners").out

    write(tmp_path, {"yarn.lock": YARN})
    assert f"{shown}: {OLD} (migration_lock.toml; yarn.lock: prisma 6.4.1)" in run("runners").out


def rules(run: Run, *arguments: str) -> list[tuple[str, str]]:
    """The rules that speak, and for which runner."""
    done = run("check", "--format", "json", *arguments)
    return [(one["id"], one["runner"]) for one in json.loads(done.out)["findings"]]


@pytest.mark.parametrize("arguments", [(), ("--runner", "prisma")])
def test_the_version_decides(arguments: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    """The same file is refused under the one and fine under the other, detected or named."""
    write(tmp_path, {**PRISMA, **package("^6.2.0")})
    assert ("IDX202", "prisma-simple") in rules(run, *arguments)

    write(tmp_path, package("^7.4.0"))
    assert rules(run, *arguments) == [("IDX205", "prisma")]


def test_an_older_one_by_its_name(run: Run, tmp_path: Path) -> None:
    """The name of the older profile settles it, whatever the files say; standard input has no files."""
    write(tmp_path, {**PRISMA, **package("^7.4.0")})
    assert ("IDX202", "prisma-simple") in rules(run, "--runner", "prisma-simple")

    write(tmp_path, package("^6.2.0"))
    done = run("check", "--runner", "prisma", "--format", "json", "-", stdin=CIC.encode())
    assert [one["runner"] for one in json.loads(done.out)["findings"]] == ["prisma"]
