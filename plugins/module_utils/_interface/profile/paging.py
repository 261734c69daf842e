# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that come in pages: by number, by offset, by cursor, by links; read to their end, and proved to be whole.

What ends a list, and what proves it whole, is in docs/profile.md ("When a list is whole"). Every word of the server on its end is held
against what came: a list that is shorter than it says, that shows an element twice or that breaks off is an error, never a shorter list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import ceil
from typing import Any
from urllib.parse import urlencode

from ..._http.links import next_of, on_the_same_server
from ..._http.messages import Request, Response
from .expressions import Unexplained, compiled, search

MOST_PAGES = 10_000
EXPRESSIONS = ("total", "total_pages", "more", "next")
# Texts that JMESPath takes for true.
MOST_SHOWN = 100
DENIALS = ("false", "no", "non", "n", "0", "off")

# One page: its answer, the body of it (None where there was none), and its items before any are left out.
Page = tuple[Response, Any, list[Any]]


class NotWhole(Unexplained):
    """A list that contradicts itself: it may have changed while it was read."""


@dataclass(frozen=True)
class PageEvidence:
    """What one page says of the whole list. keys: what its items are known by (SIRET, fingerprint...), for people.

    total: of all items. pages: how many there are. more: whether there are more. Each is None where the profile looks for no such thing.
    """

    keys: tuple[str, ...]
    total: int | None = None
    pages: int | None = None
    more: bool | None = None


class ListProof:
    """The pages of one list so far, in order, held against each other."""

    def __init__(self) -> None:
        self.pages = 0
        self.items = 0
        self._page_of: dict[str, int] = {}
        self._latest = PageEvidence(())

    def add(self, page: PageEvidence) -> None:
        """The next page. Raises NotWhole where it shows what an earlier one has shown, or more than there is."""
        self.pages += 1
        for key in page.keys:
            before = self._page_of.get(key)
            if before is not None:
                where = "twice" if before == self.pages else f"which page {before} has shown already"
                raise NotWhole(f"page {self.pages} shows {key[:MOST_SHOWN]}{' ' if where == 'twice' else ', '}{where}")
            self._page_of[key] = self.pages
        self.items += len(page.keys)
        latest = self._latest
        if latest.more and page.more is None:
            raise NotWhole(f"page {self.pages} is empty, and the page before said that there are more")
        if latest.total is not None and page.total is not None and latest.total != page.total:
            raise NotWhole(f"page {self.pages} says that there are {page.total} in all, and the page before said {latest.total}")
        self._latest = PageEvidence(
            page.keys,
            latest.total if page.total is None else page.total,
            latest.pages if page.pages is None else page.pages,
            page.more,
        )
        if self._latest.total is not None and self.items > self._latest.total:
            raise NotWhole(f"{self.items} have come by page {self.pages}, and the server says that there are {self._latest.total} in all")

    @property
    def continues(self) -> bool:
        """Whether numbered pages go on: as far as the server says; where it says nothing, to the first empty page."""
        latest = self._latest
        if latest.more is not None or latest.pages is not None:
            return bool(latest.more) or (latest.pages is not None and self.pages < latest.pages)
        return bool(latest.keys) and (latest.total is None or self.items < latest.total)

    @property
    def missing(self) -> str | None:
        """What the server says is still to come, for people; None where nothing is."""
        latest = self._latest
        if latest.more:
            return f"after page {self.pages} the server says that there are more"
        if latest.pages is not None and self.pages < latest.pages:
            return f"only {self.pages} of {latest.pages} pages have come"
        if latest.total is not None and self.items < latest.total:
            return f"only {self.items} of {latest.total} have come"
        return None

    def conclude(self) -> None:
        """After the last page. Raises NotWhole where the server has said that there is more."""
        if self.missing:
            empty = f", and page {self.pages} is empty" if self.pages and not self._latest.keys else ""
            raise NotWhole(f"the list ends before its end: {self.missing}{empty}")


class Paging:
    """data: the profile's `pagination`, checked. url_of: the address that a request is sent to."""

    def __init__(self, declaration: dict[str, Any]) -> None:
        self._declaration = declaration
        self._style = declaration["style"]
        self._paths = {name: compiled(declaration.get(name)) for name in EXPRESSIONS}
        self._most = declaration.get("most_pages", MOST_PAGES)

    def walk(
        self,
        first: Request,
        ask: Callable[[Request, int], Page],
        keys_of: Callable[[list[Any]], tuple[str, ...]],
        url_of: Callable[[Request], str],
    ) -> Iterator[Page]:
        """Page by page. ask: is given the request and the number of the page, from 1 on. keys_of: what the items are known by.

        Raises Unexplained where the pages go in circles, never end, or lead to another server; NotWhole where they are not the whole list.
        """
        request: Request | None = self.first(first)
        proof, keys = ListProof(), set()
        for number in range(1, self._most + 1):
            if request is None:
                return
            if request.key in keys:
                raise NotWhole(f"page {number}: the pages go in circles: the server names a page again that it has given")
            keys.add(request.key)
            page = ask(request, number)
            proof.add(self.evidence(page, keys_of(page[2])))
            yield page
            request = self.following(first, request, page, proof, url_of)
        if request is not None:
            raise Unexplained(f"more than {self._most} pages: is the end of the list where the profile looks for it (most_pages)?")

    @property
    def numbered(self) -> bool:
        """Whether a page tells how many there are, and each can be asked for by itself."""
        return self._style in ("page", "offset") and any(name in self._declaration for name in ("total", "total_header", "total_pages"))

    def page_count(self, page: Page) -> int:
        """How many there are, as this one tells (where they are numbered). Raises Unexplained."""
        response, body, items = page
        if not items:
            return 1
        count = self._total_pages(body) if "total_pages" in self._declaration else ceil(self._total(response, body) / len(items))
        if count > self._most:
            raise Unexplained(f"more than {self._most} pages: is the number of them where the profile looks for it (most_pages)?")
        return max(1, count)

    def at(self, first: Request, number: int, size: int) -> Request:
        """The request of one page, from 0 on. size: how many items the first one holds."""
        if self._style == "page":
            return self._with(first, {self._declaration["page"]: self._declaration.get("first", 1) + number})
        return self._with(first, {self._declaration["offset"]: self._declaration.get("first", 0) + number * size})

    def first(self, first: Request) -> Request:
        """The request of the first page."""
        return self.at(first, 0, 0) if self._style in ("page", "offset") else self._with(first, {})

    def evidence(self, page: Page, keys: tuple[str, ...]) -> PageEvidence:
        """What this page says of the list. Raises Unexplained where the profile looks for a number in vain."""
        response, body, _items = page
        if body is None:  # 204, or not there: it says nothing
            return PageEvidence(keys)
        return PageEvidence(
            keys,
            total=self._total(response, body) if {"total", "total_header"} & self._declaration.keys() else None,
            pages=self._total_pages(body) if "total_pages" in self._declaration else None,
            more=self._more(body) if "more" in self._declaration else None,
        )

    def following(self, first: Request, request: Request, page: Page, proof: ListProof, url_of: Callable[[Request], str]) -> Request | None:
        """The request after this page; None at the end of the list. Raises NotWhole where that comes before its end, else Unexplained."""
        further = self._next(first, url_of(request), page) if self._style in ("link", "cursor") else self._numbered(first, page, proof)
        if further is None:
            proof.conclude()
        return further

    def _next(self, first: Request, current: str, page: Page) -> Request | None:
        """Where the page names the next one. It is followed although it may be empty, unless the page says that there is no more."""
        response, body, _items = page
        if "more" in self._declaration and not self._more(body):
            return None
        if self._style == "link":
            address = search(self._paths["next"], body) if self._declaration.get("next") else next_of(response.headers.get("link", ""))
            return self._followed(first, current, address) if address else None
        name = self._declaration.get("next_header")
        cursor = response.headers.get(name.lower()) if name else search(self._paths["next"], body)
        return None if cursor in (None, "", False) else self._with(first, {self._declaration["cursor"]: cursor})

    def _numbered(self, first: Request, page: Page, proof: ListProof) -> Request | None:
        """By number or offset."""
        if not proof.continues or (not page[2] and self._style == "offset"):  # an empty page leads to no further offset
            return None
        return self.at(first, proof.pages, 0) if self._style == "page" else self._with_offset(first, proof.items)

    def _with_offset(self, first: Request, items: int) -> Request:
        return self._with(first, {self._declaration["offset"]: self._declaration.get("first", 0) + items})

    def _total(self, response: Response, body: Any) -> int:
        name = self._declaration.get("total_header")
        if name is None:
            return _number(search(self._paths["total"], body), "total")
        return _number(response.headers.get(name.lower(), "").rpartition("/")[2], name)  # Content-Range: items 0-49/622

    def _more(self, body: Any) -> bool:
        value = search(self._paths["more"], body)
        if isinstance(value, str) and value.strip().lower() in DENIALS:
            raise Unexplained(f"`more` finds the text {value!r}, which is no truth value: compare it in the profile (`suite == 'true'`)")
        return bool(value)

    def _total_pages(self, body: Any) -> int:
        return _number(search(self._paths["total_pages"], body), "total_pages")

    def _with(self, first: Request, parameters: dict[str, Any]) -> Request:
        if "size" in self._declaration:
            parameters = parameters | {self._declaration["size"]: self._declaration["per_page"]}
        if self._declaration.get("in") == "body":
            if first.content is not None:
                return replace(first, content=b"&".join(part for part in (first.content, urlencode(parameters).encode()) if part))
            json = first.json
            for name, value in parameters.items():
                json = _within(json, name.split("."), value)
            return replace(first, json=json)
        return replace(first, query=first.query | {name: str(value) for name, value in parameters.items()})

    def _followed(self, first: Request, current: str, address: Any) -> Request:
        path = on_the_same_server(current, str(address))
        if path is None:
            raise Unexplained(f"the next page is on another server ({address}): it is not followed")
        return replace(first, method="GET", path=path, query={}, json=None, content=None, rooted=True)


def _within(tree: dict[str, Any], names: list[str], value: Any) -> dict[str, Any]:
    """The tree with this value at the end of these names."""
    name, *deeper = names
    return {**tree, name: _within(tree.get(name) or {}, deeper, value) if deeper else value}


def _number(value: Any, name: str) -> int:
    if isinstance(value, bool) or not (isinstance(value, int) or (isinstance(value, str) and value.isdecimal())) or int(value) < 0:
        raise Unexplained(f"no number where the profile looks for {name}")
    return int(value)
