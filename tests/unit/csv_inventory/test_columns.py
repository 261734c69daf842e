# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Titles to fields: by the user's word, else by the names and labels of the declaration; nothing that could be two things."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._options.declaration import FIELDS
from ansible_collections.collectivites.antai.plugins.plugin_utils._csv_inventory.columns import assign, by_title, secret, target_of

ALL = [(name, "") for name, field in FIELDS.items() if not field.elements]
ALL += [(each.name, name) for name, field in FIELDS.items() for each in field.elements]
SHARED = {name for name, parent in ALL if parent and sum(name == each and bool(within) for each, within in ALL) > 1}


def fed(titles: list[str], chosen: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """By the path of the field or the name of the host variable: its column."""
    columns, problems = assign("f.csv", 1, titles, chosen or {}, "csv_")
    assert problems == []
    return {target.path: title for _index, title, target in columns.targets} | {name: title for _index, title, name in columns.extra}


def problems(titles: list[str], chosen: Mapping[str, str | None] | None = None) -> list[str]:
    return [str(each) for each in assign("f.csv", 3, titles, chosen or {}, "csv_")[1]]


@pytest.mark.parametrize(("name", "parent"), ALL)
def test_every_field_is_found_by_its_name_and_its_labels(name: str, parent: str) -> None:
    field = FIELDS[parent].element(name) if parent else FIELDS[name]
    own = (f"antai_{parent}_{name}", f"{parent}.{name}") if parent else (field.variable,)
    for title in own if name in SHARED else (name, *own, field.fr, field.en, field.fr.upper(), f" {field.en} *"):
        found = by_title(title)
        assert found is not None, title
        assert (found.name, found.parent, found.number) == (name, parent, 0), title


def test_a_title_of_elements_of_two_lists_is_neither() -> None:
    assert {"rule", "outcome", "reason"} == SHARED
    assert [by_title(title) for title in ("rule", "Règle", "REASON", "Motif")] == [None] * 4


@pytest.mark.parametrize(
    ("title", "path"),
    [
        ("siret", "siret"),
        ("NOM OFFICIEL", "name"),
        ("Departement", "departement"),
        ("address.city", "address.city"),
        ("Prestataire", "certificates.provider"),
        ("certificates", "certificates.provider"),
        ("Prestataire 2", "certificates.2.provider"),
        ("certificat_1_prestataire", "certificates.1.provider"),
        ("certificates.3.key_type", "certificates.3.key_type"),
        ("Nom du service", "certificates.common_name"),
        ("Code postal 2", None),
        ("Prestataire 0", None),
        ("Commune INSEE", None),
        ("", None),
    ],
)
def test_titles(title: str, path: str | None) -> None:
    found = by_title(title)
    assert (found and found.path) == path


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("antai_siret", "siret"),
        ("name", "name"),
        ("address.city", "address.city"),
        ("antai_certificates.provider", "certificates.provider"),
        ("certificates", "certificates.provider"),
        ("certificates.2.provider", "certificates.2.provider"),
        ("certificates.2.x", None),
        ("address.2.city", None),
        ("certificates.0.provider", None),
        ("siret.x", None),
        ("", None),
    ],
)
def test_keys(key: str, path: str | None) -> None:
    found = target_of(key)
    assert (found and found.path) == path


def test_a_user_s_word_comes_first() -> None:
    titles = ["N° SIRET", "Commune", "SIRET", "Insee"]
    chosen = {"antai_siret": "N° SIRET", "name": "Commune"}
    assert fed(titles, chosen) == {"siret": "N° SIRET", "name": "Commune", "csv_siret": "SIRET", "csv_insee": "Insee"}
    assert fed(["SIRET", "Commune"], {"address.city": "Commune", "name": "Commune"}) == {
        "siret": "SIRET",
        "name": "Commune",
        "address.city": "Commune",
    }
    assert fed(["SIRET", "Cycle de la convention"], {"cycle": None}) == {
        "siret": "SIRET",
        "csv_cycle_de_la_convention": "Cycle de la convention",
    }


def test_extra_columns_never_take_a_reserved_name() -> None:
    assert fed(["strategy", "ansible_host", "2e ligne", "Numéro d'œuvre"]) == {
        "csv_strategy": "strategy",
        "csv_ansible_host": "ansible_host",
        "csv_2e_ligne": "2e ligne",
        "csv_numero_d_oeuvre": "Numéro d'œuvre",
    }


@pytest.mark.parametrize(
    ("titles", "chosen", "told"),
    [
        (["SIRET", "siret"], {}, '"SIRET" and "siret" are both the column of siret - say with columns'),
        (["SIRET", "SIRET"], {}, "rename one of them in the file"),
        (["Note", "note"], {}, '"Note" and "note" would both be the host variable csv_note'),
        (["№"], {"siret": "№"}, ""),
        (["名前"], {}, "no host variable can be named after this title"),
        (["Adresse postale"], {}, "one cell cannot hold address, which is never taken apart here"),
        (["Prestataire", "Prestataire 2"], {}, "some columns of certificates are numbered and some are not"),
        (["Siret"], {"siret": "Sirte"}, 'column "Sirte": the file has no such column for siret; it has "Siret" - write "Siret"'),
    ],
)
def test_what_could_be_two_things_is_refused(titles: list[str], chosen: dict[str, str | None], told: str) -> None:
    found = problems(titles, chosen)
    assert [each.startswith("f.csv, line 3") and told in each for each in found] == ([True] if told else [])


@pytest.mark.parametrize(
    "title", ["password", "antai_password", "Mot de passe de l'agent", "Mot de passe FTP", "MDP", "Clé de l'éditeur", "Jeton", "api_key"]
)
def test_secrets_are_refused(title: str) -> None:
    assert secret(title)
    (told,) = problems([title])
    assert "vault" in told


@pytest.mark.parametrize("title", ["Fichier de la clé privée", "SIRET", "Secrétariat", "Jetons de présence", ""])
def test_what_is_no_secret(title: str) -> None:
    assert not secret(title)
