# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The moves of a rotation in the store: killed between any two changes on disk, doing it again ends where it would have ended."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._store.layout import read_notes
from ansible_collections.collectivites.antai.plugins.module_utils._store.links import LINKS
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import StoreError
from tests.support.bench import listing
from tests.support.observed import SIRET

Move = Callable[[Store], None]


class Killed(BaseException):
    pass


def bring_next(store: Store) -> None:
    store.complete_version("acme", {"certificate.pem": b"2"}, "next")


def swap(store: Store) -> None:
    store.swap("acme", "next", "previous")


def swap_back(store: Store) -> None:
    store.swap("acme", "previous", "rejected")


# Each move with those that lead to it, and the links after it.
ROAD: dict[str, tuple[tuple[Move, ...], Move, dict[str, str]]] = {
    "pick up": ((), bring_next, {"current": "1", "next": "2"}),
    "swap": ((bring_next,), swap, {"current": "2", "previous": "1"}),
    "set aside": ((bring_next,), lambda store: store.set_aside("acme"), {"current": "1", "rejected": "2"}),
    "swap back": ((bring_next, swap), swap_back, {"current": "1", "rejected": "2"}),
    "retire": ((bring_next, swap), lambda store: store.retire("acme", "previous", "key.pem"), {"current": "2"}),
}


def at(folder: Path, moves: tuple[Move, ...]) -> Store:
    store = Store(str(folder), SIRET)
    store.new_version("acme", {"key.pem": b"key 1"})
    store.complete_version("acme", {"certificate.pem": b"1"})
    store.new_version("acme", {"key.pem": b"key 2"})
    for move in moves:
        move(store)
    return store


def links(store: Store) -> dict[str, str]:
    by_name = {name: store.version("acme", name) for name in LINKS}
    return {name: folder.name for name, folder in by_name.items() if folder}


@pytest.mark.parametrize("name", ROAD)
def test_move(tmp_path: Path, name: str) -> None:
    before, move, expected = ROAD[name]
    store = at(tmp_path, before)
    move(store)
    assert links(store) == expected
    assert store.leftovers("acme") == ()


@pytest.mark.parametrize("name", ROAD)
def test_killed_between_any_two_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before, move, expected = ROAD[name]
    whole = at(tmp_path / "whole", before)
    move(whole)
    for count in range(1, 20):
        store = at(tmp_path / str(count), before)
        done = killed_after(monkeypatch, count, store, move)
        current = store.version("acme", "current")
        assert current is not None, "what reads the certificate always finds one"
        assert (current / "key.pem").exists()
        assert (current / "certificate.pem").exists()
        goes_on(store, move, expected)
        assert (links(store), store.leftovers("acme")) == (expected, ())
        assert listing(store.root) == listing(whole.root)
        if done:
            return
    raise AssertionError("it never came to its end")


def killed_after(monkeypatch: pytest.MonkeyPatch, count: int, store: Store, move: Move) -> bool:
    """Whether the move came to its end before so many changes on disk."""
    remaining = count

    def counting(real: Callable[..., None]) -> Callable[..., None]:
        def change(*arguments: object, **options: object) -> None:
            nonlocal remaining
            if remaining == 0:
                raise Killed
            remaining -= 1
            real(*arguments, **options)

        return change

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", counting(os.replace))
        patch.setattr(Path, "unlink", counting(Path.unlink))
        try:
            move(store)
        except Killed:
            return False
    return True


def goes_on(store: Store, move: Move, expected: dict[str, str]) -> None:
    """What the next run does: tidy what is left over, and the move itself where the names are not yet as it leaves them."""
    store.tidy("acme")
    if links(store) != expected:
        move(store)
    for folder in [store.certificates("acme"), *store.versions("acme")]:
        for path in folder.glob(".*.tmp"):  # of a file half written: what a real kill would leave too, and nobody reads
            path.unlink()


def test_the_key_of_a_retired_version_is_gone(tmp_path: Path) -> None:
    store = at(tmp_path, (bring_next, swap))
    assert store.reload_due("acme")
    store.reloaded("acme")
    store.retire("acme", "previous", "key.pem")
    first = store.versions("acme")[0]
    assert (sorted(path.name for path in first.iterdir()), store.reload_due("acme")) == (["certificate.pem"], False)
    store.retire("acme", "previous", "key.pem")
    store.set_aside("acme")


def test_a_swap_needs_both(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no next version stands beside the current one$"):
        swap(at(tmp_path, ()))


def test_notes_are_added_up(tmp_path: Path) -> None:
    store = at(tmp_path, ())
    folder = store.versions("acme")[0]
    assert read_notes(folder) == {}
    store.annotate(folder, {"one": 1})
    store.annotate(folder, {"two": 2})
    assert read_notes(folder) == {"one": 1, "two": 2}


def test_one_look_sees_one_moment(tmp_path: Path) -> None:
    store = at(tmp_path, ())
    reopened = Store(str(tmp_path), SIRET)
    before = store.links("acme")
    assert (list(before.versions), before.leftovers, before.reload_due) == (["current", "pending"], (), False)
    assert before.newest == str(before.versions["pending"])
    with store.looking():
        assert store.links("acme") == before
        bring_next(reopened)
        swap(reopened)
        with store.looking():
            assert store.links("acme") == before, "a look within another is of the same moment"
        assert store.links("acme") == before
        assert store.version("acme", "previous") is None
    assert links(store) == {"current": "2", "previous": "1"}
    assert store.links("acme").reload_due


def test_links_where_the_folder_may_not_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = at(tmp_path, (bring_next, swap))
    before_move, real = store.links("acme"), os.listdir

    def refused(place: str) -> list[str]:
        if place.endswith("/acme"):
            raise PermissionError(13, "Permission denied")
        return real(place)

    monkeypatch.setattr(os, "listdir", refused)
    assert store.links("acme") == before_move
