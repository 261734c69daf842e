# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever waits for a login that fails shares its failure, instead of waiting for a failure of its own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._interface.auth.shared_attempt import SharedAttempt
from ansible_collections.collectivites.antai.plugins.module_utils.errors import TransportError

THREADS = 8


def test_those_who_wait_share_the_failure() -> None:
    attempt, attempts = SharedAttempt(), []
    everybody = {str(number) for number in range(THREADS)}

    def log_in(number: int) -> str:
        try:
            with attempt.turn(str(number)):
                attempts.append(number)
                while attempt.waiting != everybody:
                    threading.Event().wait(0.001)
                raise TransportError("no answer in time")
        except TransportError as error:
            return error.message

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(log_in, range(THREADS))) == ["no answer in time"] * THREADS
    assert len(attempts) == 1
    assert attempt.waiting == set()


def test_who_comes_later_tries_anew() -> None:
    attempt = SharedAttempt()
    with pytest.raises(TransportError), attempt.turn("first"):
        raise TransportError("no answer in time")
    with attempt.turn("second"):
        pass


def test_another_failure_is_not_shared() -> None:
    attempt = SharedAttempt()
    with pytest.raises(KeyError), attempt.turn("first"):
        raise KeyError
    with attempt.turn("second"):
        pass
