"""Flyway's settings, wherever a project keeps them, and what its reader makes of a file."""

from pathlib import Path

import pytest

from idxlint.model import Direction, Source, Unit, Wrap
from idxlint.runners.flyway.flyway_profile import read
from idxlint.runners.shared.profile import Place

CONCURRENT = "CREATE INDEX CONCURRENTLY i ON t (a);\n"
MIXED = "SET lock_timeout = 0;\n" + CONCURRENT
PLAIN = "CREATE INDEX i ON t (a);\n"


def unit(folder: Path, text: str, name: str = "V1__a.sql") -> Unit:
    """What the reader makes of a file in a Maven module."""
    (folder / ".git").mkdir(exist_ok=True)
    migrations = folder / "src" / "main" / "resources" / "db" / "migration"
    migrations.mkdir(parents=True, exist_ok=True)
    (found,) = read(Source(name, text), Place(migrations / name, Direction.UP))
    return found


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(CONCURRENT, id="create"),
        pytest.param("/* why */ drop index concurrently i;\n;", id="drop"),
        pytest.param("create unique index concurrently i on t (a)", id="unique"),
        pytest.param("VACUUM (FULL) t;", id="words-in-parentheses"),
        pytest.param("REINDEX (VERBOSE) DATABASE app;", id="reindex-database"),
    ],
)
def test_seen(tmp_path: Path, text: str) -> None:
    """Flyway runs these without a transaction by itself."""
    assert unit(tmp_path, text).wrap is Wrap.NONE


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("REINDEX INDEX CONCURRENTLY i;", id="reindex"),
        pytest.param("ALTER TABLE t DETACH PARTITION p CONCURRENTLY;", id="detach"),
        pytest.param("SELECT 'CREATE INDEX CONCURRENTLY';", id="in-quotes"),
        pytest.param(PLAIN, id="plain"),
    ],
)
def test_not_seen(tmp_path: Path, text: str) -> None:
    """These stay in the transaction."""
    assert unit(tmp_path, text).wrap is Wrap.UNIT


def test_mixed(tmp_path: Path) -> None:
    """One that needs none beside one that takes any: refused."""
    assert unit(tmp_path, MIXED).refuses_mixed


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("flyway.conf", "# flyway.mixed=false\nflyway.mixed=true\n"),
        ("flyway.toml", "[flyway]\nmixed = true\n"),
        ("src/main/resources/application.properties", "spring.flyway.mixed=true\n"),
        (
            "src/main/resources/application.yml",
            "spring:\n  jpa: {}\n  flyway:\n    mixed: true # for indexes\n",
        ),
        (
            "pom.xml",
            "<artifactId>flyway-maven-plugin</artifactId><configuration><mixed>true</mixed></configuration>",
        ),
        ("build.gradle", "flyway {\n  mixed = true\n}\n"),
        ("src/main/java/FlywayFactory.java", "Flyway.configure().mixed(true).load();"),
    ],
)
def test_mixed_is_on(tmp_path: Path, name: str, text: str) -> None:
    """With the setting the whole file runs without a transaction."""
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text)

    found = unit(tmp_path, MIXED)

    assert found.wrap is Wrap.NONE
    assert not found.refuses_mixed


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("flyway.conf", "flyway.postgresql.transactional.lock=false\n"),
        ("flyway.toml", "[flyway.postgresql]\ntransactional.lock = false\n"),
        ("src/main/resources/application.yml", "spring.flyway.postgresql.transactional-lock: false\n"),
        ("src/main/java/a/FlywayConfig.java", "extension.setTransactionalLock(\n    false);"),
        ("src/main/kotlin/DatabaseConfig.kt", "extension.isTransactionalLock = false"),
    ],
)
def test_lock(tmp_path: Path, name: str, text: str) -> None:
    """The lock hangs a concurrent build unless the project has it taken in another way."""
    other = tmp_path / "other"
    other.mkdir()
    lock = unit(other, CONCURRENT).lock
    assert lock is not None
    assert lock.hangs

    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text)
    assert unit(tmp_path, CONCURRENT).lock is None


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("build.gradle", "implementation 'org.flywaydb:flyway-core:{}'\n"),
        ("build.gradle", "implementation group: 'org.flywaydb', name: 'flyway-core', version: '{}'\n"),
        ("build.gradle.kts", 'plugins {{ id("org.flywaydb.flyway") version "{}" }}\n'),
        ("pom.xml", "<artifactId>flyway-core</artifactId>\n  <version>{}</version>"),
        ("pom.xml", "<properties><flyway.version>{}</flyway.version></properties>"),
    ],
)
def test_lock_of_a_version(tmp_path: Path, name: str, form: str) -> None:
    """Flyway before 9.1.2 kept no transaction open for its lock; without a version the newest counts."""
    found = dict[str, bool]()
    for number in ("8.5.13", "9.1", "9.1.2", "10.20.0", "11.0.0-SNAPSHOT"):
        (tmp_path / number).mkdir()
        (tmp_path / number / name).write_text(form.format(number))
        found[number] = unit(tmp_path / number, CONCURRENT).lock is not None

    assert {"8.5.13": False, "9.1": False, "9.1.2": True, "10.20.0": True, "11.0.0-SNAPSHOT": True} == found


def test_newest_of_two_versions(tmp_path: Path) -> None:
    """One new Flyway among old ones is enough to hang."""
    (tmp_path / "pom.xml").write_text(
        "<flyway.version>11.1.0</flyway.version><artifactId>flyway-mysql</artifactId><version>8.5.13</version>"
    )

    assert unit(tmp_path, CONCURRENT).lock is not None


def test_file_beside(tmp_path: Path) -> None:
    """What stands beside a migration is stronger than what Flyway sees in it."""
    unit(tmp_path, PLAIN)
    folder = tmp_path / "src" / "main" / "resources" / "db" / "migration"
    (folder / "V3__c.sql.conf").write_text("executeInTransaction=true\n")
    (folder / "V2__b.sql.conf").write_text("flyway.executeInTransaction=false\n")

    assert unit(tmp_path, CONCURRENT, "V3__c.sql").wrap is Wrap.UNIT
    assert unit(tmp_path, PLAIN, "V2__b.sql").wrap is Wrap.NONE
    assert not unit(tmp_path, MIXED, "V2__b.sql").refuses_mixed


def test_group(tmp_path: Path) -> None:
    """With group=true one transaction covers all pending files."""
    (tmp_path / "flyway.conf").write_text("flyway.group=true\n")
    assert unit(tmp_path, PLAIN).wrap is Wrap.RUN


def test_undo(tmp_path: Path) -> None:
    """U files take back, whatever the rest of a name says."""
    assert unit(tmp_path, PLAIN, "U1__a.sql").direction is Direction.DOWN
    assert unit(tmp_path, PLAIN, "V1__rollback.sql").direction is Direction.UP
