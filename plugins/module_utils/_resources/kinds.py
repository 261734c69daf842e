# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of modules: the options of one, what it makes of them, and what it needs that the others need not ship."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .._http.proxy import ProxySettings
from .._options.spec import Spec
from .._plan.results import Answer
from .._plan.settings import Settings
from .base import Context, Fetcher, NoFetcher, Resource

Parameters = dict[str, Any]


@dataclass(frozen=True)
class Needs:
    """What a kind needs beyond what all do: a shipped module takes along the code of its own needs alone.

    fetcher: of CRLs and OCSP responses, from (seconds to wait, proxies). warnings: what is to be said of the options, whatever comes of them.
    documents: whether these options hold a document that will be read, which takes more libraries.
    """

    fetcher: Callable[[float, ProxySettings], Fetcher] = lambda timeout, proxies: NoFetcher()
    warnings: Callable[[Parameters], list[str]] = lambda parameters: []
    documents: Callable[[Parameters], bool] = lambda parameters: False


NOTHING = Needs()


@dataclass(frozen=True)
class DeclaringKind:
    """One declaring module: its options, and the resource that its parameters make."""

    spec: Spec
    build: Callable[[Parameters], Resource]
    needs: Needs = NOTHING


@dataclass(frozen=True)
class InfoKind:
    """One read-only module: its options, and what it answers."""

    spec: Spec
    answer: Callable[[Parameters, Context, Settings], Answer]
    needs: Needs = NOTHING
