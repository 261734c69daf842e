# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A list in pages is whole, or an error that names the page: every style, against a server that is a function. The rules stand in docs/profile.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.messages import Request, Response
from ansible_collections.collectivites.antai.plugins.module_utils.errors import AntaiError, IncompleteList, TransportError
from tests.support.observed import SIRET
from tests.support.wire import Wire, told

PAGE = {"style": "page", "page": "p"}
OFFSET = {"style": "offset", "offset": "p", "first": 1}
CURSOR = {"style": "cursor", "cursor": "p", "next": "suite"}
LINK = {"style": "link"}
NUMBERS = {"total": "total", "total_pages": "pages", "more": "encore"}


def certificate(number: int) -> dict[str, str]:
    return {"empreinte": f"{number:064x}", "etat": "ACTIF"}


class Pages(NamedTuple):
    """numbers: of the certificates on each page; a status in place of a page. total, pages: as the server says; None: as they are."""

    numbers: list[list[int] | int]
    total: int | None = None
    pages: int | None = None
    more_at_the_end: bool = False

    def answer(self, request: Request) -> Response:
        asked = request.query.get("p") or request.path.partition("?p=")[2] or "1"
        rank = int(asked) - 1
        if rank >= len(self.numbers):
            return told({"l": [], "total": self._total, "pages": self.pages or len(self.numbers), "encore": False})
        page = self.numbers[rank]
        if isinstance(page, int):
            return told({}, page) if page != 204 else told(status=204)
        last = rank == len(self.numbers) - 1
        after = None if last else rank + 2
        body = {
            "l": [certificate(each) for each in page],
            "total": self._total,
            "pages": self.pages or len(self.numbers),
            "encore": not last or self.more_at_the_end,
            "suite": after,
        }
        return told(body, **({"link": f'<?p={after}>; rel="next"'} if after else {}))

    @property
    def _total(self) -> int:
        return sum(len(each) for each in self.numbers if isinstance(each, list)) if self.total is None else self.total


def with_(paging: dict[str, Any], *names: str) -> dict[str, Any]:
    return paging | {name: NUMBERS[name] for name in names}


def read(monkeypatch: pytest.MonkeyPatch, paging: dict[str, Any] | None, answer: Callable[[Request], Response]) -> list[int]:
    def change(data: dict[str, Any]) -> None:
        data["operations"]["certificate_list"] = {
            "class": "read",
            "request": {"method": "GET", "path": "/x"},
            "success": [200, 204],
            "not_there": [404],
            "forbidden": [403],
            "answer": {"at": "l"},
        } | ({"pagination": paging} if paging else {})

    operations = Wire(monkeypatch, answer).operations(change)
    return [int(each["fingerprint"], 16) for each in operations.certificate_list(SIRET)]


FILTERED = Pages([[1, 2], [], [3]])
REPEATED = Pages([[1, 2], [1, 2]])
SHORT = Pages([[1, 2], [3]], total=4)
GONE = Pages([[1, 2], 404, [3]], total=3)

WHOLE = [
    (with_(PAGE, "more"), FILTERED, "a server may filter what it has paged"),
    (with_(PAGE, "total_pages"), FILTERED, "every page that there is was read"),
    (with_(PAGE, "total", "more"), FILTERED, "more leads on, and the total is reached"),
    (CURSOR, FILTERED, "the cursor leads on"),
    (with_(CURSOR, "total"), FILTERED, "and the total is reached"),
    (with_(CURSOR, "more"), Pages([[1, 2], [3]]), "more says that it is the last"),
    (LINK, FILTERED, "the address leads on"),
    (with_(LINK, "total", "total_pages"), Pages([[1], [2], [3]]), "both are right"),
    (PAGE, Pages([[1, 2, 3]]), "ends with an empty page"),
    (PAGE | {"size": "n", "per_page": 3}, Pages([[1, 2], [3]]), "a page shorter than was asked for ends nothing"),
    (with_(PAGE, "total"), Pages([]), "nothing, and so it says"),
    (with_(PAGE, "total"), Pages([404]), "the first page is not there: nothing"),
]


@pytest.mark.parametrize(("paging", "pages", "_why"), WHOLE)
def test_whole(monkeypatch: pytest.MonkeyPatch, paging: dict[str, Any], pages: Pages, _why: str) -> None:
    wanted = [number for page in pages.numbers if isinstance(page, list) for number in page]
    assert read(monkeypatch, paging, pages.answer) == wanted


BROKEN = [
    (with_(PAGE, "total"), FILTERED, "only 2 of 3 have come, and page 2 is empty"),
    (with_(PAGE, "total"), Pages([], total=3), "only 0 of 3 have come, and page 1 is empty"),
    (with_(OFFSET, "total"), Pages([[1], []], total=2), "only 1 of 2 have come, and page 2 is empty"),
    (
        with_(OFFSET, "more"),
        Pages([[1], []], more_at_the_end=True),
        "after page 2 the server says that there are more, and page 2 is empty",
    ),
    (with_(PAGE, "total", "total_pages"), SHORT, "only 3 of 4 have come"),
    (with_(PAGE, "total", "more"), SHORT, "only 3 of 4 have come"),
    (with_(CURSOR, "total"), SHORT, "only 3 of 4 have come"),
    (with_(LINK, "total"), SHORT, "only 3 of 4 have come"),
    (with_(CURSOR, "total_pages"), Pages([[1], [2]], pages=3), "only 2 of 3 pages have come"),
    (with_(LINK, "more"), Pages([[1], [2]], more_at_the_end=True), "after page 2 the server says that there are more"),
    (with_(CURSOR, "more"), Pages([[1], [2]], more_at_the_end=True), "after page 2 the server says that there are more"),
    (with_(PAGE, "more"), Pages([[1], 204]), "page 2 is empty, and the page before said that there are more"),
    *(
        (with_(style, "total"), Pages([[1], [2, 3]], total=2), "3 have come by page 2, and the server says that there are 2")
        for style in (PAGE, LINK)
    ),
    *((style, REPEATED, "page 2 shows certificate 0+1, which page 1 has shown already") for style in (PAGE, CURSOR, LINK)),
    *((style, Pages([[1, 1]]), "page 1 shows certificate 0+1 twice") for style in (PAGE, CURSOR, LINK, None)),
    *((style, GONE, r"page 2 is not there \(HTTP 404\)") for style in (with_(PAGE, "total"), PAGE, with_(PAGE, "more"), CURSOR, LINK)),
    *((style, Pages([[1], 403, [2]]), "page 2 fails: HTTP 403") for style in (with_(PAGE, "total"), CURSOR, LINK)),
    *((style, Pages([[1], 500, [2]]), "page 2 fails: HTTP 500") for style in (with_(PAGE, "total"), CURSOR, LINK)),
]


@pytest.mark.parametrize(("paging", "pages", "message"), BROKEN)
def test_broken(monkeypatch: pytest.MonkeyPatch, paging: dict[str, Any] | None, pages: Pages, message: str) -> None:
    answer = pages.answer
    if paging and paging["style"] == "offset":
        starts = [1 + sum(len(page) for page in pages.numbers[:rank] if isinstance(page, list)) for rank in range(len(pages.numbers))]
        answer = lambda request: pages.answer(Request("GET", "/x", query={"p": str(starts.index(int(request.query["p"])) + 1)}))  # noqa: E731
    with pytest.raises(IncompleteList, match=message) as raised:
        read(monkeypatch, paging, answer)
    assert raised.value.code == "incomplete_list"
    assert raised.value.message.startswith("certificate_list: ")


def test_a_total_that_changes_between_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: Request) -> Response:
        page = int(request.query["p"])
        return told({"l": [certificate(page)], "total": 2 + page})

    with pytest.raises(IncompleteList, match="page 2 says that there are 4 in all, and the page before said 3"):
        read(monkeypatch, with_(PAGE, "total"), answer)


def test_a_text_that_denies_is_no_truth_value(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AntaiError, match="'false', which is no truth value"):
        read(monkeypatch, with_(PAGE, "more"), lambda request: told({"l": [certificate(1)], "encore": "false"}))


def test_a_page_that_never_comes_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: Request) -> Response:
        if request.query["p"] == "2":
            raise TransportError("GET /x: connection reset")
        return told({"l": [certificate(1)], "total": 2})

    with pytest.raises(TransportError) as raised:
        read(monkeypatch, with_(PAGE, "total"), answer)
    assert raised.value.sentence == "certificate_list: page 2 fails: GET /x: connection reset"


def test_what_has_no_name_is_known_by_all_that_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two equal conventions without an id on one page are two; the same page once more is a page repeated."""

    def change(data: dict[str, Any]) -> None:
        data["records"]["convention"]["fields"]["id"] = None
        data["operations"]["convention_list"] = {
            "class": "read",
            "request": {"method": "GET", "path": "/x"},
            "success": [200],
            "answer": {"at": "l"},
            "pagination": CURSOR,
        }

    same = [{"etat": "DEPOSEE", "cycle": "complet"}] * 2
    after: list[Any] = [None]
    operations = Wire(monkeypatch, lambda request: told({"l": same, "suite": after[0]})).operations(change)
    assert len(operations.convention_list(SIRET)) == 2
    after[0] = "encore"
    operations.observe_afresh()
    with pytest.raises(IncompleteList, match="which page 1 has shown already"):
        operations.convention_list(SIRET)
