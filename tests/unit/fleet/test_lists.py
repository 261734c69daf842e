# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists of a fleet, whatever their pages are like, against a server that is a function: what is asked, and what is known afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.messages import Request, Response
from ansible_collections.collectivites.antai.plugins.module_utils._interface.operations import Operations
from ansible_collections.collectivites.antai.plugins.module_utils.errors import IncompleteList, UnexpectedAnswer
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.lists import Listing, is_worth_it, read_listing
from tests.support.fleet import siret
from tests.support.wire import Wire, told

COUNT, SIZE = 7, 2
ALL = [siret(rank) for rank in range(COUNT)]
READ = {"class": "read", "success": [200]}
SPACE = {"account": "compte", "conventions": "conventions", "certificates": "certificats"}


def account(rank: int) -> dict[str, Any]:
    return {"siret": ALL[rank], "etat": "ACTIF", "cle": f"k{rank}"}


def space(rank: int) -> dict[str, Any]:
    return {"compte": account(rank), "conventions": [{"etat": "DEPOSEE", "cycle": "complet", "a": ALL[rank]}], "certificats": []}


def paged(items: list[Any], request: Request) -> Response:
    """Every style at once: the profile says which one is followed."""
    query = request.query
    if "?" in request.path:
        query = dict([request.path.partition("?")[2].split("=")])
    begin = int(query.get("depuis", (int(query.get("p", 1)) - 1) * SIZE))
    after = begin + SIZE if begin + SIZE < len(items) else None
    body = {"l": items[begin : begin + SIZE], "total": len(items), "pages": -(-len(items) // SIZE), "suite": after}
    return told(body, x_total=str(len(items)), **({"link": f'<?depuis={after}>; rel="next"'} if after else {}))


NUMBERED = [
    {"style": "page", "page": "p", "total": "total"},
    {"style": "page", "page": "p", "total_pages": "pages"},
    {"style": "page", "page": "p", "total_header": "X-Total"},
    {"style": "offset", "offset": "depuis", "total": "total"},
]
LED = [
    {"style": "cursor", "cursor": "depuis", "next": "suite"},
    {"style": "link"},
    {"style": "page", "page": "p", "size": "n", "per_page": SIZE},
    {"style": "page", "page": "p", "more": "suite"},
]
EVERY = pytest.mark.parametrize("paging", [*NUMBERED, *LED], ids=lambda each: "-".join(each))


class Server:
    """`together`: one list of spaces; else those of `lists`, joined. asked_at_once: numbers of pages that were asked for in one go."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, paging: dict[str, Any] | None, *, together: bool = True, lists: tuple[str, ...] = ()
    ) -> None:
        self.wire = Wire(monkeypatch, self.answer)
        self.paging = paging
        self.together = together
        self.lists = lists
        self.asked_at_once: list[int] = []
        self.operations = self.wire.operations(self.change)

    def change(self, data: dict[str, Any]) -> None:
        page = {"pagination": self.paging} if self.paging else {}
        operations = data["operations"]
        for record in ("convention", "certificate"):
            data["records"][record]["extra"] = {"siret": "a"}
        data["records"]["account"]["extra"] = {"cle": "cle"}
        operations["space_list"] = {"absent": True}
        if self.together:
            operations["space_list"] = READ | {"request": {"method": "GET", "path": "/espaces"}, "answer": {"at": "l"} | SPACE} | page
        for name in self.lists:
            operations[name] = READ | {"request": {"method": "GET", "path": f"/{name}"}, "answer": {"at": "l"}} | page
        operations["certificate_list"] = READ | {"request": {"method": "GET", "path": "/k/{account.cle}"}, "answer": {"at": "l"}}

    def answer(self, request: Request) -> Response:
        path = request.path.partition("?")[0].rpartition("/")[2]
        items: dict[str, list[Any]] = {
            "espaces": [space(rank) for rank in range(COUNT)],
            "account_list": [account(rank) for rank in range(COUNT)],
            "convention_list_all": [each for rank in range(COUNT) for each in space(rank)["conventions"]],
            "certificate_list_all": [],
        }
        return paged(items[path], request) if path in items else told({"l": [], "compte": account(0), "conventions": []})

    def read(self, wanted: Iterable[str]) -> Listing:
        def each(deed: Any, numbers: Iterable[int]) -> list[Any]:
            now = list(numbers)
            self.asked_at_once += now
            return [deed(number) for number in now]

        return read_listing(self.operations.agent, set(wanted), each)


@EVERY
def test_all_are_read_by_the_pages(monkeypatch: pytest.MonkeyPatch, paging: dict[str, Any]) -> None:
    server = Server(monkeypatch, paging)
    listing = server.read(ALL)
    assert (set(listing.spaces), listing.whole, listing.pages) == (set(ALL), True, 4)
    assert listing.counts["read"] == len(server.wire.sent) == 4
    assert server.asked_at_once == ([1, 2, 3] if paging in NUMBERED else [])
    operations = Operations(server.operations.agent)
    operations.remember(ALL[6], listing.spaces[ALL[6]])
    found = operations.account_get(ALL[6])
    assert found is not None
    assert (found["siret"], len(operations.convention_list(ALL[6])), operations.certificate_list(ALL[6])) == (ALL[6], 1, [])
    assert len(server.wire.sent) == 4, "nothing more was asked"
    assert "extra" not in found


@EVERY
def test_who_is_on_no_page_of_a_whole_list_is_not_there(monkeypatch: pytest.MonkeyPatch, paging: dict[str, Any]) -> None:
    listing = Server(monkeypatch, paging).read([*ALL[:5], siret(90), siret(91)])
    assert (set(listing.spaces), listing.whole) == (set(ALL[:5]), True)


@EVERY
def test_two_of_many_are_not_looked_for_on_every_page(monkeypatch: pytest.MonkeyPatch, paging: dict[str, Any]) -> None:
    server = Server(monkeypatch, paging)
    listing = server.read([siret(90), siret(91)])
    assert (listing.spaces, listing.whole) == ({}, False)
    assert len(server.wire.sent) == (1 if paging in NUMBERED else 3)


@EVERY
def test_lists_of_their_own_are_joined(monkeypatch: pytest.MonkeyPatch, paging: dict[str, Any]) -> None:
    server = Server(monkeypatch, paging, together=False, lists=("account_list", "convention_list_all", "certificate_list_all"))
    listing = server.read(ALL)
    lists = 4 + (4 + 1 if "per_page" in paging else 4) + 1  # where nothing is said of the end, an empty page is
    assert (listing.whole, listing.pages, len(server.wire.sent)) == (True, lists, lists)
    assert {len(each["conventions"]) for each in listing.spaces.values()} == {1}
    assert {len(each["certificates"]) for each in listing.spaces.values()} == {0}


def test_what_no_list_shows_is_read_singly_with_what_the_list_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch, NUMBERED[0], together=False, lists=("account_list", "convention_list_all"))
    listing = server.read(ALL)
    assert "certificates" not in listing.spaces[ALL[3]]
    operations = Operations(server.operations.agent)
    operations.remember(ALL[3], listing.spaces[ALL[3]])
    before = len(server.wire.sent)
    assert operations.certificate_list(ALL[3]) == []
    assert server.wire.paths[before:] == ["GET /k/k3"], "its identifier is the list's"


def test_a_list_that_is_left_early_says_nothing_of_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch, NUMBERED[0], together=False, lists=("account_list", "convention_list_all"))
    listing = server.read(ALL[:2])
    assert set(listing.spaces) == set(ALL[:2]), "both are on the first page"
    assert "conventions" not in listing.spaces[ALL[0]]


def test_one_page_without_pagination(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch, None)
    server.answer = lambda request: told({"l": [space(rank) for rank in range(COUNT)]})  # type: ignore[method-assign]
    server.wire.handle = server.answer
    listing = server.read(ALL)
    assert (len(listing.spaces), listing.whole, listing.pages) == (COUNT, True, 1)


def test_a_server_that_tells_of_endless_pages_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch, NUMBERED[1] | {"most_pages": 5})
    server.wire.handle = lambda request: told({"l": [space(0)], "pages": 10**9})
    with pytest.raises(UnexpectedAnswer, match="more than 5 pages"):
        server.read(ALL)
    assert len(server.wire.sent) == 1


@pytest.mark.parametrize("paging", NUMBERED[:1] + LED[:1])
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda page, body: body | {"l": [] if page == 2 else body["l"]}, "only 2 of 7 have come|only 5 of 7 have come"),
        (lambda page, body: body | {"l": [space(0), space(1)] if page == 2 else body["l"]}, "page 2 shows account .*, which page 1 has"),
        (lambda page, body: body | {"total": 7 + page}, "page 2 says that there are 9 in all"),
    ],
)
def test_a_list_cut_short_is_read_again_and_is_then_an_error(
    monkeypatch: pytest.MonkeyPatch, paging: dict[str, Any], spoil: Any, message: str
) -> None:
    """Also where its pages are read at once, and where only one leads to the next."""
    server, spoilt = Server(monkeypatch, paging | {"total": "total"}), [0]

    def handle(request: Request) -> Response:
        response = server.answer(request)
        page = 1 + int(request.query.get("depuis", (int(request.query.get("p", 1)) - 1) * SIZE)) // SIZE
        spoilt[0] -= page == 1
        return told(spoil(page, json.loads(response.body))) if spoilt[0] >= 0 else response

    server.wire.handle = handle
    spoilt[0] = 1  # the first time only
    assert read_all(server) == set(ALL)
    spoilt[0] = 9
    with pytest.raises(IncompleteList, match=message):
        read_all(server)


def read_all(server: Server) -> set[str]:
    return set(server.read([*ALL, siret(90)]).spaces)


@pytest.mark.parametrize(
    ("together", "lists", "wanted", "worth"),
    [(True, (), 2, True), (True, (), 1, False), (False, ("account_list",), 2, True), (False, (), 2, False)],
)
def test_when_a_list_is_worth_it(monkeypatch: pytest.MonkeyPatch, together: bool, lists: tuple[str, ...], wanted: int, worth: bool) -> None:
    server = Server(monkeypatch, NUMBERED[0], together=together, lists=lists)
    assert is_worth_it(server.operations.agent, wanted) is worth
