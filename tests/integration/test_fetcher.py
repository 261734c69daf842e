# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One cache for a fleet: every address is asked once, whoever asks and however it answers; different ones do not wait for each other."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, cast

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.revocation_fetcher import RevocationFetcher
from ansible_collections.collectivites.antai.plugins.module_utils._interface.operations import Operations
from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import evaluate
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.evaluation import gather_local_evidence
from ansible_collections.collectivites.antai.plugins.module_utils.errors import TransportError
from tests.certificates_proof.scene import Scene
from tests.support.evaluation import HOUR, leaf, scene, validation_policy
from tests.support.observed import NOW, SIRET
from tests.support.psce import CrlSpec, Ours
from tests.support.responder import Responder

WORKERS = 16


def test_a_fleet_asks_once(responder: Responder) -> None:
    responder.answers = {"/crl": (200, b"x")}
    fetch = RevocationFetcher(5)
    assert [fetch(f"{responder.url}/crl") for _ in range(3)] == [b"x"] * 3
    for _ in range(2):
        with pytest.raises(TransportError, match="404"):
            fetch(f"{responder.url}/none")
    fetch.close()
    assert responder.asked == ["/crl", "/none"]


def test_bounds(responder: Responder, monkeypatch: pytest.MonkeyPatch) -> None:
    responder.answers = {"/crl": (200, b"x" * 100)}
    times = iter([0.0, 61.0])
    with pytest.raises(TransportError, match="within 60 s"):
        RevocationFetcher(5, clock=lambda: next(times))(f"{responder.url}/crl")
    monkeypatch.setattr("ansible_collections.collectivites.antai.plugins.module_utils._http.exchange_budget.MAX_BODY", 99)
    with pytest.raises(TransportError, match="more than 99 bytes"):
        RevocationFetcher(5)(f"{responder.url}/crl")
    for url in ("http://127.0.0.1:1/", "http://[", "https://127.0.0.1:1/"):
        with pytest.raises(TransportError):
            RevocationFetcher(1)(url)


def test_hundreds_of_threads_download_a_crl_once(responder: Responder) -> None:
    responder.answers = {"/crl": (200, b"x" * 100_000)}
    together = Barrier(WORKERS)
    fetch = RevocationFetcher(20)

    def ask(number: int) -> bytes:
        if number < WORKERS:
            together.wait(20)
        return fetch(f"{responder.url}/crl")

    with ThreadPoolExecutor(WORKERS) as pool:
        assert set(pool.map(ask, range(300))) == {b"x" * 100_000}
    fetch.close()
    assert responder.asked == ["/crl"]


def test_different_addresses_are_fetched_at_the_same_time(responder: Responder) -> None:
    """Each is answered only once the other has been asked: one after the other would never end."""
    both = Barrier(2)
    responder.answers = {"/a": (200, b"a"), "/b": (200, b"b")}
    responder.before = lambda _path: both.wait(20)
    fetch = RevocationFetcher(20)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda path: fetch(responder.url + path), ("/a", "/b"))) == [b"a", b"b"]
    fetch.close()


def test_who_waits_for_another_s_failure_fails_with_it(responder: Responder) -> None:
    together = Barrier(WORKERS)
    fetch = RevocationFetcher(20)

    def ask(_number: int) -> str:
        together.wait(20)
        with pytest.raises(TransportError) as failed:
            fetch(f"{responder.url}/none")
        return failed.value.message

    with ThreadPoolExecutor(WORKERS) as pool:
        assert len(set(pool.map(ask, range(WORKERS)))) == 1
    assert responder.asked == ["/none"]


def test_a_host_that_takes_no_connection_is_asked_once(responder: Responder) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    fetch = RevocationFetcher(5)
    with pytest.raises(TransportError, match="refused"):
        fetch(f"{url}/ocsp", b"one")
    fetch._fetched = lambda url, body: pytest.fail(f"{url} is asked again")  # type: ignore[method-assign, misc, assignment]
    with pytest.raises(TransportError, match="refused"):
        fetch(f"{url}/ocsp", b"another")


def test_a_status_that_is_no_success_says_nothing_of_other_questions(responder: Responder) -> None:
    responder.answers = {"/crl": (200, b"x")}
    fetch = RevocationFetcher(5)
    with pytest.raises(TransportError, match="404"):
        fetch(f"{responder.url}/none")
    assert fetch(f"{responder.url}/crl") == b"x"
    fetch.close()


def test_closing_twice_is_closing() -> None:
    fetch = RevocationFetcher(5)
    fetch.close()
    fetch.close()


def test_a_whole_fleet_judges_its_certificates_with_one_download(responder: Responder) -> None:
    """60 collectivités in threads, each with a certificate of its own in use: one CRL, read and verified once."""
    fetch = RevocationFetcher(20)
    scenes = [scene(serial=5000 + number, crl_point=f"{responder.url}/crl", ocsp_url=f"{responder.url}/ocsp") for number in range(60)]
    gone = (scenes[7].leaf.serial, NOW - HOUR)
    responder.answers = {"/crl": (200, Ours().crl(CrlSpec(scenes[0].issuer, scenes[0].issuer.key, NOW - HOUR, NOW + HOUR, (gone,))))}
    how = validation_policy(scenes[0])

    def outcome(made: Scene) -> tuple[str, Any]:
        context = Context(cast(Operations, None), None, fetch)
        found = gather_local_evidence(leaf(made), b"", SIRET, how, context, about_to_change=False)
        return evaluate(found, how, NOW).outcome, found.revocation.crls[0]

    with ThreadPoolExecutor(WORKERS) as pool:
        found = list(pool.map(outcome, scenes))
    fetch.close()
    assert [number for number, (told, _crl) in enumerate(found) if told == "fail"] == [7]
    assert {told for told, _crl in found} == {"pass", "fail"}
    assert responder.asked == ["/crl"]
    assert outcome(scenes[0])[1] is outcome(scenes[1])[1], "the same CRL, read once"


def redirecting(responder: Responder, *hops: tuple[str, int, str]) -> None:
    """(path, status, where to) each."""
    for path, status, location in hops:
        responder.answers[path] = (status, b"<html>moved</html>")
        responder.headers[path] = {"Location": location, "Set-Cookie": "session=canari; Path=/"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_moved_crl_is_followed(responder: Responder, status: int) -> None:
    redirecting(responder, ("/old", status, "/other"), ("/other", 302, f"{responder.url}/crl#here"))
    responder.answers["/crl"] = (200, b"x")
    assert RevocationFetcher(5)(f"{responder.url}/old") == b"x"
    assert responder.asked == ["/old", "/other", "/crl"]
    carried = {"authorization", "cookie", "referer", "proxy-authorization"}
    assert not any(carried & headers.keys() for headers in responder.heard)


@pytest.mark.parametrize(("status", "posted"), [(301, 2), (302, 2), (303, 1), (307, 2), (308, 2)])
def test_an_ocsp_question_is_asked_again_where_the_responder_has_moved(responder: Responder, status: int, posted: int) -> None:
    redirecting(responder, ("/old", status, "/new"))
    responder.answers["/new"] = (200, b"y")
    assert RevocationFetcher(5)(f"{responder.url}/old", b"question") == b"y"
    assert responder.posted == [b"question"] * posted


def test_a_redirect_is_bounded(responder: Responder) -> None:
    redirecting(responder, *((f"/{number}", 302, f"/{number + 1}") for number in range(9)), ("/loop", 302, "/loop"))
    responder.answers["/5"] = (200, b"x")
    assert RevocationFetcher(5)(f"{responder.url}/0") == b"x"
    with pytest.raises(TransportError, match="redirects more than 5 times"):
        RevocationFetcher(5)(f"{responder.url}/loop")
    assert responder.asked.count("/loop") == 6


@pytest.mark.parametrize(
    "location", ["ftp://127.0.0.1/crl", "file:///etc/passwd", "ldap://ac.example/cn", "http://[", "", "http://user:canari@127.0.0.1/crl"]
)
def test_a_redirect_elsewhere_is_refused(responder: Responder, location: str) -> None:
    redirecting(responder, ("/old", 302, location))
    with pytest.raises(TransportError) as refused:
        RevocationFetcher(5)(f"{responder.url}/old")
    assert "canari" not in refused.value.sentence
    assert responder.asked == ["/old"]


def test_a_redirect_to_a_silent_host_makes_that_one_silent_and_not_the_first(responder: Responder) -> None:
    redirecting(responder, ("/old", 302, "http://127.0.0.1:1/crl"))
    responder.answers["/crl"] = (200, b"x")
    fetch = RevocationFetcher(1)
    with pytest.raises(TransportError, match="1/crl: connection refused"):
        fetch(f"{responder.url}/old")
    assert fetch(f"{responder.url}/crl") == b"x"


def test_one_time_for_the_whole_way(responder: Responder) -> None:
    redirecting(responder, ("/old", 302, "/crl"))
    responder.answers["/crl"] = (200, b"x")
    times = iter([0.0, 61.0])
    with pytest.raises(TransportError, match="within 60 s"):
        RevocationFetcher(5, clock=lambda: next(times))(f"{responder.url}/old")
