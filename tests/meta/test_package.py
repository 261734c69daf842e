# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive that Galaxy hands out is true by itself: its links lead somewhere, its metadata is whole and made up nowhere."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

from tests.support.collection import ROOT

LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")
PLACEHOLDER = "collectivites-antai.invalid"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive as `make sanity` builds it, unpacked: what git knows or would take, less build_ignore."""
    folder = tmp_path_factory.mktemp("package")
    listing = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True)
    source = folder / "source"
    for name in listing.stdout.splitlines():
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    galaxy = Path(sys.executable).with_name("ansible-galaxy")
    command = [str(galaxy), "collection", "build", str(source), "--output-path", str(folder)]
    subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder / "unpacked", filter="data")
    return folder / "unpacked"


def test_links_lead_to_what_is_in_the_archive(package: Path) -> None:
    broken = [
        f"{page.relative_to(package)}: {target}"
        for page in sorted(package.rglob("*.md"))
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not broken


def test_what_an_execution_environment_reads_is_there(package: Path) -> None:
    metadata = yaml.safe_load((package / "meta" / "execution-environment.yml").read_text(encoding="utf-8"))
    assert all((package / name).is_file() for name in metadata["dependencies"].values())


def test_the_sandbox_is_not_in_the_archive(package: Path) -> None:
    assert not {"sandbox", "Makefile", "requirements-dev.txt"} & {path.name for path in package.iterdir()}
    assert {path.name for path in (package / "tests").iterdir()} <= {"sanity", "config.yml"}


def test_addresses_of_the_project_are_one_placeholder_in_one_place() -> None:
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    assert all(PLACEHOLDER in galaxy[name] for name in ("repository", "documentation", "issues"))
    listing = subprocess.run(["git", "grep", "-lI", PLACEHOLDER], cwd=ROOT, check=True, capture_output=True, text=True)
    assert set(listing.stdout.splitlines()) <= {"galaxy.yml", "tests/meta/test_package.py"}


def test_the_execution_environment_takes_this_version() -> None:
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    definition = (ROOT / "extensions" / "execution_environment" / "execution-environment.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"collectivites-antai-(\d+\.\d+\.\d+)\.tar\.gz", definition)) == {version}
