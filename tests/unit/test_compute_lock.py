# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever computes is alone, and whoever waits lets the next one compute."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.compute_lock import blocking, computing

SECONDS = 20.0


def test_one_computes_at_a_time() -> None:
    inside, most = 0, 0

    def compute(_rank: int) -> None:
        nonlocal inside, most
        for _turn in range(50):
            with computing():
                inside += 1
                most = max(most, inside)
                threading.Event().wait(0.0001)  # an occasion to be interrupted
                inside -= 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(compute, range(4)))
    assert (inside, most) == (0, 1)


def test_who_waits_lets_the_others_compute() -> None:
    """Each waits for the other, as two collectivités do that need the same login."""
    met = threading.Barrier(2)

    def wait_for_the_other(_rank: int) -> None:
        with computing(), blocking():
            met.wait(SECONDS)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(wait_for_the_other, range(2)))


def test_who_has_waited_takes_its_turn_again() -> None:
    with computing():
        with blocking(), blocking():
            pass
        assert not _free()
    assert _free()


def test_without_a_turn_there_is_nothing_to_give_up() -> None:
    with computing(), ThreadPoolExecutor(1) as pool:
        pool.submit(_block).result(SECONDS)
        assert not _free()


def test_a_turn_ends_with_what_goes_wrong() -> None:
    with pytest.raises(KeyError), computing(), blocking():
        raise KeyError
    assert _free()


def _block() -> None:
    with blocking():
        pass


def _free() -> bool:
    """Whether another thread could compute now."""

    def take() -> None:
        with computing():
            entered.set()

    entered = threading.Event()
    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    return entered.wait(0.2)
