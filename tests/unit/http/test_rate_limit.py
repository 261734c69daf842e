# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast an endpoint is asked: evenly, and by nobody while it has asked to wait."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.circuit import Circuit
from ansible_collections.collectivites.antai.plugins.module_utils._http.client import HttpClient, Server, Traffic
from ansible_collections.collectivites.antai.plugins.module_utils._http.messages import Request, Response
from ansible_collections.collectivites.antai.plugins.module_utils._http.rate_limit import LONGEST_RETRY_AFTER, RateLimit
from ansible_collections.collectivites.antai.plugins.module_utils.errors import TransportError
from tests.support.words import Clock


def limit_of(clock: Clock, rate: float | None = None) -> RateLimit:
    return RateLimit(rate, clock=lambda: clock.seconds, pause=clock.pause)


def test_without_a_limit_nobody_waits() -> None:
    clock = Clock()
    rate_limit = limit_of(clock)
    for _ in range(100):
        rate_limit.await_turn()
    assert (clock.pauses, rate_limit.sent) == ([], 100)


def test_requests_are_evenly_spaced() -> None:
    clock = Clock()
    rate_limit = limit_of(clock, 4.0)
    times = []
    for _ in range(9):
        rate_limit.await_turn()
        times.append(clock.seconds)
    assert times == [number / 4 for number in range(9)]


def test_time_that_passed_is_not_saved_up_for_a_burst() -> None:
    clock = Clock()
    rate_limit = limit_of(clock, 2.0)
    rate_limit.await_turn()
    clock.seconds = 10.0
    rate_limit.await_turn()
    rate_limit.await_turn()
    assert clock.seconds == 10.5


def test_all_threads_together_keep_to_the_limit() -> None:
    """Real threads over a clock that stands still: each gets a turn of its own."""
    lock, pauses = threading.Lock(), list[float]()

    def pause(seconds: float) -> None:
        with lock:
            pauses.append(seconds)

    rate_limit = RateLimit(10.0, clock=lambda: 0.0, pause=pause)
    threads = [threading.Thread(target=lambda: [rate_limit.await_turn() for _ in range(25)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(pauses) == pytest.approx([number / 10 for number in range(1, 100)])


def test_who_is_told_to_wait_holds_back_everybody() -> None:
    clock = Clock()
    rate_limit = limit_of(clock)
    rate_limit.hold_back(7.0)
    rate_limit.await_turn()
    assert clock.seconds == 7.0


def test_who_was_already_waiting_waits_longer() -> None:
    """While one sleeps until its turn, another is told to wait: the sleeper takes a new turn after that."""
    seconds, rate_limit = [0.0], None

    def pause(duration: float) -> None:
        seconds[0] += duration
        if seconds[0] == 1.0:
            assert rate_limit is not None
            rate_limit.hold_back(5.0)

    rate_limit = RateLimit(1.0, clock=lambda: seconds[0], pause=pause)
    rate_limit.await_turn()
    rate_limit.await_turn()
    assert seconds[0] == 6.0


def test_a_silence_that_nobody_waits_out_ends_the_run() -> None:
    clock = Clock()
    rate_limit = limit_of(clock)
    rate_limit.hold_back(LONGEST_RETRY_AFTER + 1)
    with pytest.raises(TransportError, match="not to be asked again for 61 s"):
        rate_limit.await_turn()
    clock.seconds = LONGEST_RETRY_AFTER + 1
    rate_limit.await_turn()
    assert (clock.pauses, rate_limit.sent) == ([], 1)


def test_two_clients_of_one_endpoint_share_its_rate_limit() -> None:
    """The SI FPS is asked with one client for each certificate."""
    clock = Clock()
    rate_limit = limit_of(clock)
    traffic = Traffic(Circuit("https://sifps.example"), rate_limit)
    first, second = (HttpClient(Server("https://sifps.example"), traffic=traffic) for _ in range(2))
    answers = [Response(429, {"retry-after": "3"}, b"", {}), Response(200, {}, b"", {}), Response(200, {}, b"", {})]
    seen = []

    def once(_request: Request) -> Response:
        seen.append(clock.seconds)
        return answers.pop(0)

    first._once = second._once = once  # type: ignore[method-assign]
    assert first.send(Request("GET", "/x")).status == 200
    assert second.send(Request("GET", "/x")).status == 200
    assert seen == [0.0, 3.0, 3.0]
