# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A store that was restored without its links, or with folders in their place: what they led to is known, and made anew before anything moves."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._store.links import LINKS, VersionRecord, derive_links
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import StoreError
from tests.support.observed import SIRET

AT, LATER = "2026-03-02T10:00:00Z", "2026-04-02T10:00:00Z"
ONE, REPLACED = VersionRecord("1"), VersionRecord("1", replaced_at=LATER)
NEXT = VersionRecord("2", rotates=True, requested_at=AT)
BACK = VersionRecord("2", rotates=True, requested_at=AT, set_aside=True)


@pytest.mark.parametrize(
    ("pairs", "links"),
    [
        ([], {}),
        ([ONE], {"current": "1"}),
        ([ONE, VersionRecord("2")], {"current": "2"}),  # imported, or ordered once the first had expired
        ([ONE, NEXT], {"current": "1", "next": "2"}),  # issued in a rotation, not in use yet
        ([REPLACED, NEXT], {"current": "2", "previous": "1"}),
        ([NEXT], {"current": "2"}),  # the one before has had its time, and lost its key
        ([REPLACED, BACK], {"current": "1", "rejected": "2"}),  # rolled back
        # Rolled back, and another one ordered since: that the first was replaced once says nothing of the third.
        (
            [REPLACED, BACK, VersionRecord("3", rotates=True, requested_at="2026-05-02T10:00:00Z")],
            {"current": "1", "next": "3", "rejected": "2"},
        ),
        ([BACK], {"rejected": "2"}),
    ],
)
def test_what_led_where_is_told_by_the_versions(pairs: list[VersionRecord], links: dict[str, str]) -> None:
    assert derive_links(pairs) == links


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"), SIRET)


def issue(store: Store, number: str, link: str = "current", **request: str) -> None:
    store.new_version("acme", {"key.pem": f"key {number}".encode(), "request.json": json.dumps(request).encode()})
    store.complete_version("acme", {"certificate.pem": f"certificate {number}".encode()}, link)


def request_another(store: Store, number: str) -> None:
    store.new_version("acme", {"key.pem": f"key {number}".encode(), "request.csr": b"csr", "request.json": b"{}"})


def rotate(store: Store) -> None:
    """One in use, one replaced, one requested."""
    issue(store, "1")
    issue(store, "2", "next", rotates="f", requested_at=AT)
    store.annotate(store.certificates("acme") / "versions/1", {"replaced_at": LATER})
    store.swap("acme", "next", "previous")


STATES: dict[str, Callable[[Store], None]] = {
    "requested": lambda store: request_another(store, "1"),
    "in use": lambda store: issue(store, "1"),
    "in use, the next one issued": lambda store: (issue(store, "1"), issue(store, "2", "next", rotates="f", requested_at=AT))[0],
    "in its grace period": rotate,
    "in its grace period, another one requested": lambda store: (rotate(store), request_another(store, "3"))[0],
}


def led_to(store: Store) -> dict[str, str]:
    """By name: the version's number."""
    return {name: str(folder.resolve().name) for name, folder in store.links("acme").versions.items()}


def content(store: Store) -> dict[str, bytes]:
    root = store.certificates("acme") / "versions"
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def dereference(store: Store) -> None:
    copy = store.root.with_name("copy")
    shutil.copytree(store.root, copy)
    shutil.rmtree(store.root)
    copy.rename(store.root)


def drop_links(store: Store) -> None:
    for name in LINKS:
        link = store.certificates("acme") / name
        if link.is_symlink():
            link.unlink()


@pytest.mark.parametrize("state", STATES)
def test_folders_in_the_place_of_links_become_links(store: Store, state: str) -> None:
    STATES[state](store)
    before, files = led_to(store), content(store)
    dereference(store)
    assert sorted(store.detached("acme")) == sorted(before)
    store.repair_links("acme")
    assert (led_to(store), store.detached("acme"), content(store)) == (before, (), files)


@pytest.mark.parametrize("state", [name for name in STATES if not name.endswith("requested")])
def test_links_that_are_gone_are_made_anew(store: Store, state: str) -> None:
    STATES[state](store)
    before, files = led_to(store), content(store)
    drop_links(store)
    assert led_to(store) == before, "known before anything is written"
    assert sorted(store.detached("acme")) == sorted(before)
    store.repair_links("acme")
    assert (led_to(store), store.detached("acme"), content(store)) == (before, (), files)


def test_a_request_that_lost_its_link_is_not_in_use(store: Store) -> None:
    """It has its own way back (repair_link)."""
    request_another(store, "1")
    drop_links(store)
    assert (led_to(store), store.detached("acme")) == ({}, ())


def test_what_a_run_has_written_beside_the_versions_is_kept(store: Store) -> None:
    """As earlier releases left it: the certificate in the folder that stood for the link, and a link to nowhere."""
    request_another(store, "1")
    dereference(store)
    place = store.certificates("acme")
    (place / "pending/certificate.pem").write_bytes(b"certificate 1")
    (place / "pending/request.json").write_bytes(b'{"handed_out": true}')
    (place / "current").symlink_to("versions/pending")
    store.complete_version("acme", {"chain.pem": b"chain"})
    assert led_to(store) == {"current": "1"}
    assert content(store) == {
        "1/key.pem": b"key 1",
        "1/request.csr": b"csr",
        "1/request.json": b'{"handed_out": true}',
        "1/certificate.pem": b"certificate 1",
        "1/chain.pem": b"chain",
    }
    assert sorted(path.name for path in place.iterdir()) == ["current", "dropped", "versions"]


def test_a_folder_that_differs_from_its_version_is_not_lost(store: Store) -> None:
    issue(store, "1")
    dereference(store)
    (store.certificates("acme") / "current/certificate.pem").write_bytes(b"another")
    files = content(store)
    with pytest.raises(StoreError, match=r"current is a folder where a link belongs, and differs from .*versions/1 \(certificate\.pem\)$"):
        store.new_version("acme", {"key.pem": b"key 2"})
    assert (content(store), (store.certificates("acme") / "current/certificate.pem").read_bytes()) == (files, b"another")


def test_a_folder_without_a_version_becomes_one(store: Store) -> None:
    issue(store, "1")
    dereference(store)
    shutil.rmtree(store.certificates("acme") / "versions")
    store.repair_links("acme")
    assert (led_to(store), content(store)["1/key.pem"]) == ({"current": "1"}, b"key 1")


def test_a_file_in_the_place_of_a_link(store: Store) -> None:
    """git on Windows writes where the link led."""
    issue(store, "1")
    drop_links(store)
    (store.certificates("acme") / "current").write_text("versions/1")
    store.repair_links("acme")
    assert ((store.certificates("acme") / "current").is_symlink(), led_to(store)) == (True, {"current": "1"})


def test_a_kill_and_a_restore_together(store: Store) -> None:
    """Killed between `current` and `pending`, then restored by a tool that follows links: two folders of one version."""
    issue(store, "1")
    (store.certificates("acme") / "pending").symlink_to("versions/1")
    dereference(store)
    assert (store.leftovers("acme"), store.detached("acme")) == (("pending",), ("current",))
    store.repair_links("acme")
    store.tidy("acme")
    assert (led_to(store), store.leftovers("acme"), content(store)["1/key.pem"]) == ({"current": "1"}, (), b"key 1")
    assert not (store.certificates("acme") / "pending").exists()
