# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that come in pages: by number, by offset, by cursor, by links; and always to an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import ceil
from typing import Any

from .answers import Unexplained, compiled, search
from .https import Request, Response
from .links import next_of, on_the_same_server

MOST_PAGES = 10_000
EXPRESSIONS = ("total", "total_pages", "more", "next")

# One page: its answer, the body of it, and its items before any are left out.
Page = tuple[Response, Any, list[Any]]


class Paging:
    """data: the profile's `pagination`, checked. url_of: the address that a request is sent to."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data
        self._style = data["style"]
        self._paths = {name: compiled(data.get(name)) for name in EXPRESSIONS}
        self._most = data.get("most_pages", MOST_PAGES)

    def walk(self, first: Request, ask: Callable[[Request], Page], url_of: Callable[[Request], str]) -> Iterator[Page]:
        """Page by page. Raises Unexplained where the pages go in circles, never end, or lead to another server."""
        request: Request | None = self.first(first)
        seen, asked = 0, set()
        for number in range(self._most):
            if request is None:
                return
            if request.key in asked:
                raise Unexplained("the pages go in circles: the server names a page again that it has given")
            asked.add(request.key)
            page = ask(request)
            yield page
            seen += len(page[2])
            request = self._after(first, request, page, number + 1, seen, url_of)
        if request is not None:
            raise Unexplained(f"more than {self._most} pages: is the end of the list where the profile looks for it (most_pages)?")

    @property
    def numbered(self) -> bool:
        """Whether a page tells how many there are, and each can be asked for by itself."""
        return self._style in ("page", "offset") and any(name in self._data for name in ("total", "total_header", "total_pages"))

    def pages(self, page: Page) -> int:
        """How many there are, as this one tells (where they are numbered). Raises Unexplained."""
        response, body, items = page
        if not items:
            return 1
        found = self._pages_told(body) if "total_pages" in self._data else ceil(self._total(response, body) / len(items))
        if found > self._most:
            raise Unexplained(f"more than {self._most} pages: is the number of them where the profile looks for it (most_pages)?")
        return max(1, found)

    def at(self, first: Request, number: int, size: int) -> Request:
        """The request of one page, from 0 on. size: how many items the first one holds."""
        if self._style == "page":
            return self._with(first, {self._data["page"]: self._data.get("first", 1) + number})
        return self._with(first, {self._data["offset"]: number * size})

    def first(self, first: Request) -> Request:
        """The request of the first page."""
        return self.at(first, 0, 0) if self._style in ("page", "offset") else self._with(first, {})

    def problem(self, first: Request, page: Page, url_of: Callable[[Request], str]) -> str | None:
        """Why one cannot go on after this first page, or None."""
        try:
            self._after(first, self.first(first), page, 1, len(page[2]), url_of)
        except Unexplained as error:
            return str(error)
        return None

    def _after(
        self, first: Request, request: Request, page: Page, pages: int, seen: int, url_of: Callable[[Request], str]
    ) -> Request | None:
        response, body, items = page
        if self._style == "link":
            header = response.headers.get("link", "")
            address = search(self._paths["next"], body) if self._data.get("next") else next_of(header)
            return self._followed(first, url_of(request), address) if address else None
        if self._style == "cursor":
            name = self._data.get("next_header")
            cursor = response.headers.get(name.lower()) if name else search(self._paths["next"], body)
            return None if cursor in (None, "", False) else self._with(first, {self._data["cursor"]: cursor})
        if not items or not self._goes_on(response, body, items, pages, seen):
            return None
        if self._style == "page":
            return self._with(first, {self._data["page"]: self._data.get("first", 1) + pages})
        return self._with(first, {self._data["offset"]: seen})

    def _goes_on(self, response: Response, body: Any, items: list[Any], pages: int, seen: int) -> bool:
        if "total_header" in self._data or "total" in self._data:
            return seen < self._total(response, body)
        if "total_pages" in self._data:
            return pages < self._pages_told(body)
        if "more" in self._data:
            return bool(search(self._paths["more"], body))
        return len(items) >= self._data.get("per_page", 1)

    def _total(self, response: Response, body: Any) -> int:
        name = self._data.get("total_header")
        return _number(response.headers.get(name.lower()), name) if name else _number(search(self._paths["total"], body), "total")

    def _pages_told(self, body: Any) -> int:
        return _number(search(self._paths["total_pages"], body), "total_pages")

    def _with(self, first: Request, parameters: dict[str, Any]) -> Request:
        if "size" in self._data:
            parameters = parameters | {self._data["size"]: self._data["per_page"]}
        if self._data.get("in") == "body":
            return replace(first, json={**first.json, **parameters})
        return replace(first, query=first.query | {name: str(value) for name, value in parameters.items()})

    def _followed(self, first: Request, current: str, address: Any) -> Request:
        path = on_the_same_server(current, str(address))
        if path is None:
            raise Unexplained(f"the next page is on another server ({address}): it is not followed")
        return replace(first, method="GET", path=path, query={}, json=None, content=None, rooted=True)


def _number(found: Any, what: str) -> int:
    if isinstance(found, bool) or not (isinstance(found, int) or (isinstance(found, str) and found.isdecimal())):
        raise Unexplained(f"no number where the profile looks for {what}")
    return int(found)
