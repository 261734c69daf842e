# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a run over many stops before its first write, because of what it would order: said once for all of them, and never let through by a number. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...module_utils._plan.plan import Stop
from ...module_utils._plan.waiting import Waiting
from .._report.model import RunProblem

# How many collectivités are named.
MOST_NAMED = 5
# By the kind of the stop: (problem of the run, French, English). count: certificates; names: collectivités, some of them; first: what is to be done
# about the first of them, in the words of waiting.py.
RUN_TEXTS: dict[str, tuple[str, str, str]] = {
    "order_twice": (
        "store_incomplete",
        "{count} certificat(s) existe(nt) déjà dans l'espace numérique, dont aucune clé n'est dans le dépôt {store} ({names}) : rien n'est commandé, rien"
        " n'est écrit. Est-ce le bon dépôt, et entier ? Restaurez-le ; déclarez keys: elsewhere où le prestataire installe le sien ; où la clé est perdue,"
        " antai_store_adopt: {sirets}",
        "{count} certificate(s) exist in the space already, and no key of theirs is in the store {store} ({names}): nothing is ordered, nothing is written."
        " Is it the right store, and whole? Restore it; declare keys: elsewhere where the provider installs its own; where the key is lost,"
        " antai_store_adopt: {sirets}",
    ),
    "store_relinked": (
        "store_incomplete",
        "Le dépôt {store} est revenu sans ses liens ({count} certificat(s) : {names}) : un passage les refait d'après les versions, et ne fait rien"
        " d'autre. Vérifiez que c'est la dernière sauvegarde, puis relancez.",
        "The store {store} came back without its links ({count} certificate(s): {names}): a run makes them anew from the versions, and does nothing else."
        " Check that it is the latest backup, then run again.",
    ),
    "order_stray_pair": ("store_incomplete", "{names} : {first}", "{names}: {first}"),
    "order_key_lost": ("store_incomplete", "{names} : {first}", "{names}: {first}"),
    "order_clock": ("order_held", "{first} ({count} commande(s) : {names})", "{first} ({count} order(s): {names})"),
    "order_limit": ("order_held", "{first} ({count} commande(s) : {names})", "{first} ({count} order(s): {names})"),
    "order_ceiling": (
        "order_held",
        "Ce passage commanderait {count} certificat(s), après {orders} en 24 heures, et {limit} sont permis (antai_order_limit) : rien n'est commandé, rien"
        " n'est écrit. Si tout est voulu, déclarez antai_order_limit: {wanted}",
        "This run would order {count} certificate(s), after {orders} in 24 hours, and {limit} are allowed (antai_order_limit): nothing is ordered, nothing"
        " is written. Where all of it is meant, declare antai_order_limit: {wanted}",
    ),
}


@dataclass(frozen=True)
class StoppedOrder:
    """One order of one collectivité that must not be made. store: the path of its store."""

    host: str
    name: str
    siret: str
    store: str
    stop: Stop


@dataclass(frozen=True)
class OrderTotals:
    """The orders that a run plans from one store: planned, made in the 24 hours before, and the limit that the hosts declare (the least of them)."""

    store: str
    planned: int
    made: int
    limit: int


def problems_of(stopped: Sequence[StoppedOrder], orders: Sequence[OrderTotals], language: str) -> list[RunProblem]:
    """What stops the run, each kind once for each store; empty where nothing does."""
    groups: dict[tuple[str, str], list[StoppedOrder]] = {}
    for order in stopped:
        groups.setdefault((order.stop.kind, order.store), []).append(order)
    problems = [_stop_problem(kind, store, group, language) for (kind, store), group in groups.items()]
    return problems + [_ceiling(totals, language) for totals in orders if totals.planned and totals.planned + totals.made > totals.limit]


def _stop_problem(kind: str, store: str, group: list[StoppedOrder], language: str) -> RunProblem:
    names = list(dict.fromkeys(order.name for order in group))
    facts = {
        "count": len(group),
        "store": store,
        "names": ", ".join(names[:MOST_NAMED]) + (", ..." if len(names) > MOST_NAMED else ""),
        "sirets": ",".join(dict.fromkeys(order.siret for order in group[:MOST_NAMED])) + (",..." if len(group) > MOST_NAMED else ""),
        "first": _words(group[0].stop.waiting, language),
    }
    return _problem(kind, facts, language)


def _ceiling(orders: OrderTotals, language: str) -> RunProblem:
    facts = {"count": orders.planned, "orders": orders.made, "limit": orders.limit, "wanted": orders.planned + orders.made}
    return _problem("order_ceiling", facts, language)


def _problem(kind: str, facts: Mapping[str, object], language: str) -> RunProblem:
    code, french, english = RUN_TEXTS[kind]
    return RunProblem(code, (french if language == "fr" else english).format_map(facts))


def _words(waiting: Waiting, language: str) -> str:
    reason = waiting.reason
    return reason.next_action.text(language, **waiting.facts)
