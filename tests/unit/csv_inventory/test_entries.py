# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files to entries: what a row becomes, and every problem of every row at once, with file, line, column and value."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.collectivites.antai.plugins.module_utils._options.declaration import COLLECTIVITE
from ansible_collections.collectivites.antai.plugins.plugin_utils._csv_inventory.entries import InventoryEntry, read
from ansible_collections.collectivites.antai.plugins.plugin_utils._csv_inventory.problems import FileProblem, UnusableFiles
from ansible_collections.collectivites.antai.plugins.plugin_utils._csv_inventory.settings import InventorySettings, check_keys

LYON, NICE, ALBI = "21690123100011", "21060088800015", "21810004800014"
HEAD = "SIRET;Nom officiel"


def fleet(text: str, **settings: Any) -> list[InventoryEntry]:
    return read({"f.csv": text.encode()}, InventorySettings("collectivites.yml", **settings))


def told(*texts: str, **settings: Any) -> list[FileProblem]:
    files = {f"{name}.csv": text.encode() for name, text in zip("fgh", texts, strict=False)}
    with pytest.raises(UnusableFiles) as caught:
        read(files, InventorySettings("collectivites.yml", **settings))
    assert all(each.why and each.todo for each in caught.value.problems)
    assert [problem["line"] for problem in caught.value.details["problems"]] == [each.line for each in caught.value.problems]
    return caught.value.problems


def places(problems: list[FileProblem]) -> list[tuple[int | None, str | None, str | None]]:
    return [(each.line, each.column, each.value) for each in problems]


def test_a_whole_row() -> None:
    text = (
        "SIRET;Nom officiel;Département;Voie;Code postal;Commune;Courriel de la collectivité;Cycle de la convention;"
        "Prestataire;Type de clé;Exclusive;Population;name\r\n"
        f"{LYON}; Lyon\u00a0;69;1 place;69001;Lyon;a@lyon.example;PARTIEL;acme|horodat;ec-p256|;oui;500000;x\r\n"
    )
    (entry,) = fleet(text, columns={"name": "Nom officiel", "exclusive": "Exclusive"})
    assert entry.variables() == {
        "antai_siret": LYON,
        "antai_name": "Lyon",
        "antai_departement": "69",
        "antai_address": {"street": "1 place", "postal_code": "69001", "city": "Lyon"},
        "antai_contact_email": "a@lyon.example",
        "antai_cycle": "partiel",
        "antai_certificates": [{"provider": "acme", "key_type": "ec-p256"}, {"provider": "horodat"}],
        "antai_exclusive": True,
        "csv_population": "500000",
        "csv_name": "x",
    }
    assert (entry.host, entry.place) == (f"lyon-{LYON}", "f.csv, line 2")


def test_empty_cells_declare_nothing_and_short_rows_are_whole() -> None:
    (entry,) = fleet(f"{HEAD};Cycle de la convention;Prestataire;Note\n{LYON};Lyon\n\n;;;;\n")
    assert entry.variables() == {"antai_siret": LYON, "antai_name": "Lyon", "csv_note": ""}


def test_numbered_certificates() -> None:
    head = f"{HEAD};Prestataire 1;Type de clé 1;Prestataire 2;Empreinte SHA-256 2\n"
    (one, two, none) = fleet(
        f"{head}{LYON};Lyon;acme;ec-p256;;\n{NICE};Nice;acme;;horodat;{'A' * 64}\n{ALBI};Albi\n",
        defaults={"certificates.key_type": "ec-p384"},
    )
    assert one.values["certificates"] == [{"provider": "acme", "key_type": "ec-p256"}]
    assert two.values["certificates"] == [
        {"provider": "acme", "key_type": "ec-p384"},
        {"provider": "horodat", "key_type": "ec-p384", "fingerprint": "a" * 64},
    ]
    assert "certificates" not in none.values, "a constant for each certificate makes no certificate"


def test_constants_fill_what_is_empty() -> None:
    defaults = {"cycle": "Partiel", "certificates.provider": "acme", "address.city": "Nice", "exclusive": True, "timeout": 5}
    one, two = fleet(f"{HEAD};Cycle de la convention;Prestataire\n{LYON};Lyon;complet;horodat\n{NICE};Nice;;\n", defaults=defaults)
    assert (one.values["cycle"], one.values["certificates"]) == ("complet", [{"provider": "horodat"}])
    assert (two.values["cycle"], two.values["certificates"]) == ("partiel", [{"provider": "acme"}])
    assert (two.values["address"], two.values["exclusive"], two.values["timeout"]) == ({"city": "Nice"}, True, 5.0)


def test_names_of_hosts() -> None:
    text = f"{HEAD};Code client\n{LYON};L'Haÿ-les-Œillets;C-12.a\n"
    assert fleet(text)[0].host == f"l-hay-les-oeillets-{LYON}"
    assert fleet(text, hostname="siret")[0].host == LYON
    assert fleet(text, hostname="Code client")[0].host == "C-12.a"
    (problem,) = told(text, hostname="Client")
    assert (problem.column, problem.line) == ("Client", 1)


@pytest.mark.parametrize("name", ["", "Saint Étienne", "all", "localhost", "-x", "a:b", "a,b"])
def test_what_is_no_name_of_a_host(name: str) -> None:
    assert places(told(f'{HEAD};Code\n{LYON};Lyon;"{name}"\n', hostname="Code")) == [(2, "Code", name)]


def test_every_problem_of_every_row_and_file_at_once() -> None:
    one = (
        "SIRET;Nom officiel;Département;Code postal;Courriel de la collectivité;Cycle de la convention\n"
        f"{LYON};Lyon;69;69001;a@b.example;complet\n"
        '2,17E+13;"Nice\nCôte";6;6000;mairie;total\n'
        "\n"
        f"2106008880001;;81;81000;;\n{ALBI};Albi;81;81000;;;\n;Colmar;68;;;\n"
    )
    found = told(one, "SIRET;Nom officiel\n", f"SIRET;Nom officiel\n{LYON};Lyon\n{ALBI};Albi")
    assert places(found) == [
        (3, "SIRET", "2,17E+13"),
        (3, "Nom officiel", "Nice\nCôte"),
        (4, "Département", "6"),
        (4, "Code postal", "6000"),
        (4, "Courriel de la collectivité", "mairie"),
        (4, "Cycle de la convention", "total"),
        (6, "SIRET", "2106008880001"),
        (6, "Nom officiel", ""),
        (8, "SIRET", ""),
        (None, None, None),
        (2, None, LYON),
        (3, None, ALBI),
    ]
    assert [each.file for each in found] == ["f.csv"] * 9 + ["g.csv"] + ["h.csv"] * 2
    assert "that of f.csv, line 2 (Lyon)" in found[-2].why
    assert "that of f.csv, line 7 (Albi)" in found[-1].why


def test_a_problem_reads_like_a_sentence() -> None:
    with pytest.raises(UnusableFiles) as caught:
        fleet(f"{HEAD};Code postal\n2169012310001;Lyon;69001\n{NICE};Nice;06000 Nice\n")
    assert caught.value.message == (
        "no host was read, because of 2 problems:\n"
        "  f.csv, line 2, column \"SIRET\": '2169012310001' is not a SIRET: 13 digits: a leading zero may have been lost"
        " - look the SIRET up again and quote it as text; it is never completed here\n"
        "  f.csv, line 3, column \"Code postal\": '06000 Nice' is not five digits"
        " - give it as text: between quotes in YAML, in a column formatted as text in a spreadsheet"
    )


@pytest.mark.parametrize(
    ("value", "why", "text"),
    [
        ("x", "is wrong", "f.csv, line 2, column \"A\", 'x': is wrong - mend it"),
        ("x", "'x' is wrong", "f.csv, line 2, column \"A\": 'x' is wrong - mend it"),
        ("", "is empty", 'f.csv, line 2, column "A": is empty - mend it'),
        ("y" * 90, "is wrong", f"f.csv, line 2, column \"A\", '{'y' * 80}...': is wrong - mend it"),
        (None, "is wrong", 'f.csv, line 2, column "A": is wrong - mend it'),
    ],
)
def test_a_value_is_shown_once_and_not_whole(value: str | None, why: str, text: str) -> None:
    assert str(FileProblem("f.csv", why, "mend it", 2, "A", value)) == text


def test_a_spoilt_column_does_not_fill_the_screen() -> None:
    with pytest.raises(UnusableFiles) as caught:
        fleet(f"{HEAD}\n" + "2,17E+13;Lyon\n" * 1000)
    assert len(caught.value.problems) == 1000
    assert len(caught.value.message.splitlines()) == 102
    assert caught.value.message.endswith('f.csv: and 900 more in column "SIRET"')


def test_duplicates_name_both_lines() -> None:
    (problem,) = told(f"{HEAD}\n{LYON};Lyon\n{NICE};Nice\n{LYON};Ville de Lyon\n")
    assert (problem.line, problem.value) == (4, LYON)
    assert problem.why == "the same SIRET is that of f.csv, line 2 (Lyon)"
    (problem,) = told(f"{HEAD};Code\n{LYON};Lyon;a\n", f"{HEAD};Code\n{NICE};Nice;a\n", hostname="Code")
    assert (problem.file, problem.line, problem.value) == ("g.csv", 2, "a")
    assert problem.why == "the same host name is that of f.csv, line 2"


@pytest.mark.parametrize(
    ("row", "column", "why"),
    [
        ("acme|acme;;;", "Prestataire", "declared twice"),
        ("acme;ec-p256|ec-p384;;", "Type de clé", "certificates.key_type has 2 values for 1 of certificates.provider"),
        (";ec-p256;;", "Prestataire", "is empty, but something else is said of this certificate"),
        ("acme||horodat;;;", "Prestataire", "is empty, but something else is said of this certificate"),
        ("acme;;/k.pem;", "Fichier de la clé privée", "without its certificate"),
        ("acme;dsa;;", "Type de clé", "is none of"),
        ("acme;;;x", None, "has no title"),
    ],
)
def test_what_the_modules_would_refuse_is_refused_here(row: str, column: str | None, why: str) -> None:
    (problem,) = told(f"{HEAD};Prestataire;Type de clé;Fichier de la clé privée\n{LYON};Lyon;{row}\n")
    assert (problem.line, problem.column) == (2, column)
    assert why in problem.why


def test_a_name_too_long_for_a_certificate_blocks_nobody() -> None:
    """29 of 1,255 EPCI have one. The collectivité keeps its name; it is told what to declare, and all others are read."""
    head = f"{HEAD};Prestataire;Organisation dans le certificat"
    lyon, nice, albi = fleet(f"{head}\n{LYON};{'é' * 65};acme;\n{NICE};{'é' * 65};acme;CA de Nice\n{ALBI};{'é' * 64};acme;\n")
    assert (lyon.values["name"], nice.remark, albi.remark) == ("é" * 65, "", "")
    assert "has 65 characters; the organisation (O) of a certificate has at most 64" in lyon.remark
    assert "antai_certificate_organisation" in lyon.remark
    assert nice.variables()["antai_certificate_organisation"] == "CA de Nice"
    assert fleet(f"{HEAD}\n{LYON};{'é' * 65}\n")[0].remark == "", "no certificate, no limit"


def test_what_else_is_wrong_with_such_a_row_is_told() -> None:
    (problem,) = told(f"{HEAD};Prestataire;Nom du service (CN)\n{LYON};{'é' * 65};acme;{'x' * 65}\n")
    assert (problem.line, problem.column) == (2, "Nom du service (CN)")


# Values pasted from a web page, Word or the certificate window of Windows (ksef-api 729; validator.js 940; ansible 60130).
@pytest.mark.parametrize(
    ("name", "mail", "column", "why"),
    [
        ("Al\u200bbi", "a@albi.example", "Nom officiel", "U+200B ZERO WIDTH SPACE at position 3"),
        ("Al\u00adbi", "a@albi.example", "Nom officiel", "U+00AD SOFT HYPHEN at position 3"),
        ("Albi\ufeff", "a@albi.example", "Nom officiel", "U+FEFF ZERO WIDTH NO-BREAK SPACE at position 5"),
        ("\u200eAlbi", "a@albi.example", "Nom officiel", "U+200E LEFT-TO-RIGHT MARK at position 1"),
        ("\u202eiblA", "a@albi.example", "Nom officiel", "U+202E RIGHT-TO-LEFT OVERRIDE at position 1"),
        ("Albi", "a@albi.example\u200b", "Courriel de la collectivité", "U+200B ZERO WIDTH SPACE at position 15"),
        ("Albi", "\ufeffa@albi.example", "Courriel de la collectivité", "U+FEFF ZERO WIDTH NO-BREAK SPACE at position 1"),
        ("Albi", "a@albi.example\u2060", "Courriel de la collectivité", "U+2060 WORD JOINER at position 15"),
    ],
)
def test_what_nobody_sees_is_refused_by_name_and_place(name: str, mail: str, column: str, why: str) -> None:
    (problem,) = told(f"{HEAD};Courriel de la collectivité\n{ALBI};{name};{mail}\n")
    assert (problem.line, problem.column) == (2, column)
    assert why in problem.why


def test_accents_have_one_form() -> None:
    (entry,) = fleet(f"{HEAD}\n{ALBI};{unicodedata.normalize('NFD', 'Évry-Courcouronnes')}\n")
    assert entry.values["name"] == "Évry-Courcouronnes"


@pytest.mark.parametrize(
    "title", ["Collectivité", "Collectivite\u0301", "Collectivité\u200b", "\u00a0Collectivité\u202f", "Collec\u00adtivité"]
)
def test_titles_count_as_people_see_them(title: str) -> None:
    (entry,) = fleet(f"N°\u00a0SIRET;{title}\n{ALBI};Albi\n", columns={"siret": "N° SIRET", "antai_name": "Collectivité"})
    assert entry.values["name"] == "Albi"
    (entry,) = fleet(f"{HEAD};{title}\n{ALBI};Albi;albi\n", hostname="Collectivité")
    assert entry.host == "albi"


def test_two_titles_that_look_the_same_are_not_told_apart_in_silence() -> None:
    (problem,) = told(f"SIRET;Collectivité;Collectivité\u200b\n{ALBI};Albi;Arras\n", columns={"name": "Collectivité"})
    assert "are both the column of name" in problem.why
    (problem,) = told(f"{HEAD};Lot;Lo\u200bt\n{ALBI};Albi;a;b\n")
    assert "would both be the host variable csv_lot" in problem.why


@pytest.mark.parametrize("sign", ["{{ x }}", "{% x %}", "{# x #}"])
def test_templates_are_refused(sign: str) -> None:
    assert places(told(f"{HEAD};Note\n{LYON};Lyon;ok\n{NICE};Nice;{sign}\n")) == [(3, "Note", sign)]
    assert "group_vars" in told(f"{HEAD}\n{LYON};Lyon\n", defaults={"agent_name": sign})[0].todo


def test_secrets_are_refused_and_not_shown() -> None:
    (problem,) = told(f"{HEAD};Mot de passe\n{LYON};Lyon;hunter2\n")
    assert (problem.line, problem.column, problem.value) == (1, "Mot de passe", None)
    with pytest.raises(UnusableFiles) as caught:
        fleet(f'{HEAD};Note\n{LYON};Lyon;"-----BEGIN PRIVATE KEY-----\nhunter2"\n')
    assert "hunter2" not in str(caught.value)
    assert caught.value.problems[0].line == 2


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", None, "is empty"),
        ("\n \n\t\n", None, "is empty"),
        (f"{HEAD}\n", None, "has titles and no row"),
        (f"\nN° SIRET;Nom officiel\n{LYON};Lyon\n", 2, 'no column is called SIRET or siret; the file has "N° SIRET"'),
        (f'{HEAD}\n{LYON};Lyon\n{NICE};"Nice\n', 3, "never ends"),
        (f"{HEAD};\n{LYON};Lyon;x\n", 2, "stands in column 3, which has no title"),
    ],
)
def test_files_that_are_no_list(text: str, line: int | None, why: str) -> None:
    (problem,) = told(text)
    assert (problem.line, why in problem.why) == (line, True), problem


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"columns": {"sirte": "SIRET"}}, "columns: no field is called sirte"),
        ({"columns": {"password": "SIRET"}}, "columns: password is a secret"),
        ({"columns": {"siret": 3}}, "columns: siret: 3 is no title"),
        ({"defaults": {"editor_key": "x"}}, "defaults: editor_key is a secret"),
        ({"defaults": {"address": {"city": "x"}}}, "defaults: no field is called address"),
        ({"defaults": {"cycle": "x"}}, "defaults: cycle: 'x' is none of complet, partiel"),
        ({"defaults": {"address.postal_code": 1000}}, "defaults: address.postal_code: 1000 is no text"),
        ({"defaults": {"agent_name": " "}}, "is no text"),
        ({"extra_prefix": ""}, "extra_prefix: '' is no safe prefix"),
        ({"extra_prefix": "ansible_"}, "is no safe prefix"),
        ({"extra_prefix": "antai_x_"}, "is no safe prefix"),
    ],
)
def test_what_cannot_be_right_about_the_source(settings: dict[str, Any], why: str) -> None:
    (problem,) = told(f"{HEAD}\n{LYON};Lyon\n", **settings)
    assert (problem.file, why in problem.why) == ("collectivites.yml", True), problem


CELLS = st.one_of(
    st.sampled_from([LYON, NICE, "Lyon", "acme", "acme|b", "complet", "oui", "ec-p256", "/x.pem", "a@b.example", "", '"', "|", "{{"]),
    st.text(max_size=8),
)
TITLES = st.sampled_from(
    ["SIRET", "Nom officiel", "name", "Prestataire", "Prestataire 1", "Type de clé", "Adresse", "Note", "", "password"]
)


@given(
    titles=st.lists(st.one_of(TITLES, st.sampled_from([each.fr for each in COLLECTIVITE])), max_size=6),
    rows=st.lists(st.lists(CELLS, max_size=7), max_size=4),
    sign=st.sampled_from([",", ";", "\t"]),
)
def test_any_table_is_a_fleet_or_refused(titles: list[str], rows: list[list[str]], sign: str) -> None:
    text = "\n".join(sign.join(row) for row in [["SIRET", "Nom officiel", *titles], *rows])
    try:
        entries = fleet(text.encode("utf-8", "replace").decode())
    except UnusableFiles as error:
        assert error.problems
        assert str(error)
    else:
        assert all(entry.host and entry.values["siret"] in (LYON, NICE) for entry in entries)


@given(content=st.one_of(st.binary(max_size=300), st.binary(max_size=200).map(lambda noise: f"{HEAD}\n{LYON};".encode() + noise)))
def test_any_bytes_are_a_fleet_or_refused(content: bytes) -> None:
    try:
        read({"f.csv": content}, InventorySettings("s.yml"))
    except UnusableFiles as error:
        assert str(error)


def test_a_misspelt_field_of_the_settings_is_told_with_the_nearest() -> None:
    (problem,) = told(f"{HEAD}\n{LYON};Lyon\n", defaults={"antai_cylce": "complet"})
    assert (problem.why, problem.todo) == ("defaults: no field is called antai_cylce", "did you mean antai_cycle?")


@pytest.mark.parametrize(
    ("key", "todo"),
    [("default", "did you mean defaults?"), ("column", "did you mean columns?"), ("spoon", "see `ansible-doc"), (1, "see `ansible-doc")],
)
def test_a_key_that_is_no_option_is_told(key: Any, todo: str) -> None:
    known = ["plugin", "files", "columns", "defaults"]
    check_keys("collectivites.yml", known, known)
    with pytest.raises(UnusableFiles) as caught:
        check_keys("collectivites.yml", ["plugin", key, "files"], known)
    (problem,) = caught.value.problems
    assert (problem.file, problem.why) == ("collectivites.yml", f"{key} is no option of this plugin")
    assert problem.todo.startswith(todo)
