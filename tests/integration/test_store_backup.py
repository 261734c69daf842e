# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""antai_store_backup, run as a module: a store is lost and comes back as it was; an archive that is not whole brings nothing back."""

from __future__ import annotations

import gzip
import io
import os
import random
import shutil
import stat
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from tests.support.journal import note
from tests.support.run_module import run_module

ALBI, LYON = "21810004800014", "21690123100011"
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(str(tmp_path / "store"), ALBI)
    for siret in (ALBI, LYON):
        here = Store(made.top, siret)
        with here.locked():
            here.new_version("acme", {"key.pem": siret.encode(), "request.json": b"{}"})
            here.complete_version("acme", {"certificate.pem": b"certificate"})
            here.new_version("acme", {"key.pem": b"next " + siret.encode()})
            here.write(here.signed_convention("complet"), b"%PDF")
            note(here, NOW, "install_certificate", "a")
    return made


def done(operation: str, store: Store | None, archive: Path, *, check: bool = False) -> dict[str, Any]:
    return run_module(
        "antai_store_backup", {"operation": operation, "archive": str(archive), "store": store.top if store else None}, check=check
    )


def tree(folder: Path) -> dict[str, tuple[object, ...]]:
    """Everything that a backup keeps: kind, mode, content or target."""
    found: dict[str, tuple[object, ...]] = {}
    for path in folder.rglob("*"):
        if path.name == ".lock":
            continue
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = ("link", os.readlink(path))
        else:
            found[name] = (stat.S_IMODE(path.stat().st_mode), path.read_bytes() if path.is_file() else None)
    return found


def test_a_lost_store_comes_back_as_it_was(store: Store, tmp_path: Path) -> None:
    archive = tmp_path / "backup" / "antai.tar.gz"
    before = tree(Path(store.top))
    assert (done("backup", store, archive, check=True)["changed"], archive.exists()) == (True, False)
    backup = done("backup", store, archive)
    assert (backup["backup"]["collectivites"], backup["backup"]["keys"], archive.stat().st_mode & 0o777) == (2, 4, 0o600)
    assert done("verify", None, archive)["backup"] == backup["backup"]
    assert done("restore", store, archive)["msg"].startswith(f"{store.top} is a store: nothing is restored over it")
    shutil.rmtree(store.top)
    assert (done("restore", store, archive, check=True)["exit_code"], Path(store.top).exists()) == (0, False)
    assert done("restore", store, archive)["backup"] == backup["backup"]
    assert tree(Path(store.top)) == before
    again = Store(store.top, ALBI)
    with again.locked():
        note(again, NOW, "activate_certificate", "a")
    current = again.version("acme", "current")
    assert current is not None
    assert (current / "key.pem").read_bytes() == ALBI.encode()
    audit = run_module("antai_journal", {"store": store.top, "anchors": [backup["backup"]["journal_head"]]})
    assert (audit["journal"]["whole"], audit["journal"]["proved_to"], audit["journal"]["lines"]) == (True, 4, 6)


def test_nothing_is_backed_up_while_a_run_works(store: Store, tmp_path: Path) -> None:
    with Store(store.top, LYON).locked():
        result = done("backup", store, tmp_path / "antai.tar.gz")
    assert result["msg"].startswith("another run is working on")
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_a_damaged_archive_is_found_and_brings_nothing_back(store: Store, tmp_path: Path) -> None:
    archive, damaged, dice = tmp_path / "antai.tar.gz", tmp_path / "damaged.tar.gz", random.Random(3)
    done("backup", store, archive)
    whole = gzip.decompress(archive.read_bytes())
    shutil.rmtree(store.top)
    key = whole.index(ALBI.encode() + b"\0")
    contents = {
        "cut": archive.read_bytes()[: dice.randrange(200, 400)],
        "a key changed": gzip.compress(whole[:key] + b"X" + whole[key + 1 :]),
        "the end missing": gzip.compress(whole[: whole.index(b"manifest.json") // 512 * 512] + bytes(1024)),
        "no archive": b"hello",
    }
    for name, content in contents.items():
        damaged.write_bytes(content)
        for operation in ("verify", "restore"):
            result = done(operation, store, damaged)
            assert (result["exit_code"], result["error"]["code"]) == (1, "store"), name
        assert sorted(path.name for path in tmp_path.iterdir()) == ["antai.tar.gz", "damaged.tar.gz"], name


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "a/../../outside", "./x", "a//b"])
def test_an_archive_that_reaches_outside_is_refused(tmp_path: Path, name: str) -> None:
    archive = tmp_path / "evil.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.size = 1
        tar.addfile(member, io.BytesIO(b"x"))
    result = run_module("antai_store_backup", {"operation": "restore", "archive": str(archive), "store": str(tmp_path / "s" / "store")})
    assert "which no backup of a store does: nothing was restored" in result["msg"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["evil.tar.gz", "s"]


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    assert done("backup", None, tmp_path / "a")["msg"].startswith("store: is not set")
    assert run_module("antai_store_backup", {"operation": "verify", "archive": "a"})["exit_code"] == 1
    assert "No such file" in done("verify", None, tmp_path / "none")["msg"]
