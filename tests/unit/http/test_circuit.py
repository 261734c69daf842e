# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a server is taken to be down, and when it is tried again; by a clock of the test's own."""

from __future__ import annotations

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.circuit import (
    ERROR_STATUSES,
    FIRST_PROBE,
    LONGEST_PROBE,
    SUBJECTS,
    Circuit,
)
from ansible_collections.collectivites.antai.plugins.module_utils.errors import CircuitOpen
from tests.support.words import Clock

SERVER = "https://portal.example"


def circuit_of(clock: Clock, failures: int = 0) -> Circuit:
    """One that has met so many failures, each of a subject of its own."""
    circuit = Circuit(SERVER, clock=lambda: clock.seconds)
    for number in range(failures):
        circuit.record_failure(f"2169012310001{number}", "no answer in time")
    return circuit


@pytest.mark.parametrize(("failures", "is_open"), [(0, False), (SUBJECTS - 1, False), (SUBJECTS, True)])
def test_it_opens_when_several_have_met_failures(failures: int, is_open: bool) -> None:
    assert circuit_of(Clock(), failures).is_open is is_open


def test_one_collectivite_alone_opens_nothing() -> None:
    circuit = circuit_of(Clock())
    for _ in range(100):
        circuit.record_failure("21690123100011", "no answer in time")
    circuit.check()


def test_an_answer_between_closes_it() -> None:
    circuit = circuit_of(Clock(), SUBJECTS - 1)
    circuit.record_answer()
    circuit.record_failure("another", "no answer in time")
    circuit.check()


@pytest.mark.parametrize(("failures", "is_open"), [(ERROR_STATUSES - 1, False), (ERROR_STATUSES, True)])
def test_error_statuses_open_it_when_nothing_else_comes(failures: int, is_open: bool) -> None:
    circuit = circuit_of(Clock())
    for number in range(failures):
        circuit.record_failure(str(number), "HTTP 500", answered=True)
    assert circuit.is_open is is_open


def test_who_asks_an_open_circuit_learns_why() -> None:
    with pytest.raises(CircuitOpen, match=rf"{SERVER} is down \(no answer in time\), as 3 collectivités or agents have met") as refusal:
        circuit_of(Clock(), SUBJECTS).check()
    assert refusal.value.code == "server_down"
    assert not refusal.value.ambiguous


def test_it_is_probed_by_one_at_a_time_and_ever_more_rarely() -> None:
    clock = Clock()
    circuit = circuit_of(clock, SUBJECTS)
    for pause in (FIRST_PROBE, 2 * FIRST_PROBE, 4 * FIRST_PROBE):
        clock.seconds += pause - 0.1
        with pytest.raises(CircuitOpen):
            circuit.check()
        clock.seconds += 0.1
        circuit.check()
        with pytest.raises(CircuitOpen):
            circuit.check()
        circuit.record_failure("probe", "no answer in time")
    for _ in range(20):
        circuit.record_failure("probe", "no answer in time")
    clock.seconds += LONGEST_PROBE
    circuit.check()


def test_a_probe_that_is_answered_closes_it() -> None:
    clock = Clock()
    circuit = circuit_of(clock, SUBJECTS)
    clock.seconds += FIRST_PROBE
    circuit.check()
    circuit.record_answer()
    circuit.check()
    assert not circuit.is_open


def test_a_slow_answer_is_told_from_a_silent_server() -> None:
    circuit = circuit_of(Clock(), 1)
    assert not circuit.was_answering, "it has never answered"
    circuit.record_answer()
    circuit.record_failure("another", "no answer in time")
    assert circuit.was_answering
    circuit.record_failure("another", "no answer in time")
    assert not circuit.was_answering
