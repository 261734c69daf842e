# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is waited for, as a table that people read: pure, from the statuses of the collectivités."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

# Words of the report: (French, English).
COLUMNS = {
    "collectivite": ("Collectivité", "Collectivité"),
    "siret": ("SIRET", "SIRET"),
    "stage": ("Étape", "Stage"),
    "waiting_for": ("En attente de", "Waiting for"),
    "since": ("Depuis", "Since"),
    "certificate_until": ("Certificat jusqu'au", "Certificate until"),
    "dialogue": ("Dialogue", "Dialogue"),
}
PEOPLE = {
    "collectivite": ("collectivité", "collectivité"),
    "delegataire": ("délégataire", "délégataire"),
    "prestataire": ("prestataire", "provider"),
    "editeur": ("éditeur", "editor"),
    "psce": ("PSCE", "PSCE"),
    "antai": ("ANTAI", "ANTAI"),
    "date": ("une date", "a date"),
}
THINGS = {
    "account": ("espace numérique", "space"),
    "credentials": ("identifiants", "credentials"),
    "mandate": ("mandat", "mandate"),
    "convention": ("convention", "convention"),
    "certificate": ("certificat", "certificate"),
    "installation": ("installation", "installation"),
    "listing": ("publication", "listing"),
    "activation": ("activation", "activation"),
    "dialogue": ("dialogue", "dialogue"),
    "deactivation": ("désactivation", "deactivation"),
    "space": ("espace numérique à vérifier", "space to check"),
    "processing": ("traitement", "processing"),
}
DIALOGUES = {
    "authorised": ("autorisé", "authorised"),
    "known_inactive": ("connu, inactif", "known, inactive"),
    "refused": ("refusé", "refused"),
    "unknown": ("inconnu", "unknown"),
}
FAILED = ("ÉCHEC", "FAILED")
NOT_RUN = ("arrêtée avant la fin, voir l'erreur plus haut", "stopped before the end, see the error above")
NEXT_RUN = ("prochain passage ({count} étapes)", "next run ({count} steps)")
NEXT = ("Qui est attendu, et pour quoi :", "Who is waited for, and what for:")
FAILURES = ("Échecs :", "Failures:")
NOTHING = "-"


def row(host: str, status: dict[str, Any] | None, failure: str | None, language: str, tried: list[dict[str, Any]] | None = None) -> Row:
    """One collectivité. status: as status.py makes it, None where the run did not come so far. failure: the message of the task that failed.

    tried: what the tasks of this run waited for when they tried a step.
    """
    index = _index(language)
    empty = {
        "collectivite": host,
        "siret": NOTHING,
        "waiting_for": [],
        "since": [],
        "certificate_until": NOTHING,
        "dialogue": NOTHING,
        "waiting": [],
    }
    if failure is not None:
        return empty | {"stage": FAILED[index], "failure": failure}
    if status is None:  # something failed that is no module of ours: a template, an argument, a lookup
        return empty | {"stage": FAILED[index], "failure": NOT_RUN[index]}
    waiting = _once([*(tried or []), *status["waiting"]])
    coming = [NEXT_RUN[index].format(count=len(status["steps"]))] if status["steps"] and not tried else []
    return {
        "collectivite": status["name"],
        "siret": status["siret"],
        "stage": status["stage_text"],
        "waiting_for": coming + [f"{PEOPLE[each['on']][index]} ({THINGS[each['for']][index]})" for each in waiting],
        "since": [NOTHING] * len(coming) + [_day(each["since"]) for each in waiting],
        "certificate_until": _day(status["certificate_until"]),
        "dialogue": dialogue(status["dialogues"], language),
        "waiting": waiting,
        "failure": None,
    }


def _once(waiting: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({each["next_action"]["text"]: each for each in waiting}.values())


def dialogue(dialogues: list[dict[str, Any]], language: str) -> str:
    """All certificates of one collectivité in a few words: what they have in common, or each by its provider."""
    told = [(each["provider"], _state(each, _index(language))) for each in dialogues]
    states = {state for _provider, state in told}
    if not told:
        return NOTHING
    return (
        f"{states.pop()}{f' x{len(told)}' if len(told) > 1 else ''}"
        if len(states) == 1
        else ", ".join(f"{provider}: {state}" for provider, state in told)
    )


def table(rows: list[Row], language: str) -> str:
    """Failures first, then who waits, then who is in service; below it what to do next, for each."""
    index = _index(language)
    ordered = sorted(rows, key=lambda each: (each["failure"] is None, not each["waiting_for"]))
    lines = [[words[index] for words in COLUMNS.values()]]
    for each in ordered:
        lines += _lines(each)
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    text.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([*text, *_next(ordered, index)])


def _lines(row: Row) -> list[list[str]]:
    """The lines of one row: one for each thing that is waited for, the rest of the row on the first."""
    first = [row[name] for name in ("collectivite", "siret", "stage")]
    last = [row[name] for name in ("certificate_until", "dialogue")]
    waiting = list(zip(row["waiting_for"], row["since"], strict=True)) or [(NOTHING, NOTHING)]
    return [[*(first if number == 0 else [""] * 3), *each, *(last if number == 0 else [""] * 2)] for number, each in enumerate(waiting)]


def _next(rows: list[Row], index: int) -> list[str]:
    failures = [f"  {each['collectivite']}: {each['failure']}" for each in rows if each["failure"] is not None]
    todo = [f"  {each['collectivite']}: {_action(one)}" for each in rows for one in each["waiting"]]
    return (["", FAILURES[index], *failures] if failures else []) + (["", NEXT[index], *todo] if todo else [])


def _action(waiting: dict[str, Any]) -> str:
    action = waiting["next_action"]
    return f"{action['text']} (ANTAI : {action['support']})" if action["support"] else action["text"]


def _state(told: dict[str, Any], index: int) -> str:
    rule = f" ({told['rule']})" if told["state"] == "refused" and told["rule"] else ""
    return DIALOGUES[told["state"]][index] + rule


def _day(instant: str | None) -> str:
    return instant[:10] if instant else NOTHING


def _index(language: str) -> int:
    return 0 if language == "fr" else 1
