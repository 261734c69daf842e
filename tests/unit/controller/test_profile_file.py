# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Broken profiles: each its precise message, with file and line; all of them at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.plugin_utils._controller import profile_file
from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.shipped_files import UnreadableFile
from tests.support.interfaces import INTERFACES
from tests.unit.interface.profile.test_profile import SCHEMA, structurally_wrong

# What is edited: the second stand-in's profile, which uses most of the format. Edit: a text that stands there once, and what replaces it.
TEXT = INTERFACES["stand_in"].file.read_text(encoding="utf-8")
Edit = tuple[str, str]

GET = '    request: {method: GET, path: "/collectivites/{siret|siren}/{siret|nic}"}'
CLOSE = '    request: {method: DELETE, path: "/collectivites/{account.reference}"}'
CURSOR = "  certificate_activate:"
QUERY = "    answer: {at: habilitation}"
UPLOAD_JOB = "      timeout: 5"

# By name: the edits, the text of the line that is blamed, the message.
BROKEN: dict[str, tuple[list[Edit], str, str]] = {
    # keys
    "unknown key at the top": (
        [("timezone: Europe/Paris", "timezon: Europe/Paris")],
        "timezon:",
        "timezon: unknown key; did you mean timezone?",
    ),
    "unknown key in a request": (
        [(CLOSE, CLOSE.replace("method", "methode"))],
        "methode:",
        "operations.account_close.request.methode: unknown key; did you mean method?",
    ),
    "unknown key far from any": (
        [("    answer: {at: resultat}", "    answer: {at: resultat, zzz: 1}")],
        "zzz",
        "operations.account_request_get.answer.zzz: unknown key",
    ),
    "unknown operation": (
        [("  account_close:", "  acount_close:")],
        "acount_close:",
        "operations.acount_close: unknown key; did you mean account_close?",
    ),
    "operation missing": ([("  account_close:", "  acount_close:")], "operations:", "operations.account_close: is missing"),
    "a key twice": (
        [
            (
                "    states: {CTL: under_control, REJ: refused, OK: accepted}",
                "    states: {CTL: under_control, REJ: refused, OK: accepted, CTL: accepted}",
            )
        ],
        "OK: accepted, CTL",
        "records.request.states.CTL: is given twice, on lines 65 and 65: contradictory",
    ),
    # classes
    "a write classed as read": (
        [("  account_close:\n    class: write", "  account_close:\n    class: read # x")],
        "class: read # x",
        "operations.account_close.class: must be write",
    ),
    "class unknown": (
        [("  account_close:\n    class: write", "  account_close:\n    class: writ")],
        "class: writ\n",
        "operations.account_close.class: 'writ' is none of read, write, session; did you mean write?",
    ),
    # requests
    "no path": (
        [(CLOSE, "    request: {method: DELETE}")],
        "request: {method: DELETE}",
        "operations.account_close.request.path: is missing",
    ),
    "whole URL": (
        [(CLOSE, "    request: {method: DELETE, path: 'https://x/'}")],
        "https://x/",
        "operations.account_close.request.path: 'https://x/' is not a path that begins with one / and has neither ? nor # nor spaces",
    ),
    "another server's path": (
        [(CLOSE, "    request: {method: DELETE, path: //x/y}")],
        "//x/y",
        "operations.account_close.request.path: '//x/y' is not a path that begins with one / and has neither ? nor # nor spaces",
    ),
    "a path that climbs out": (
        [(CLOSE, "    request: {method: DELETE, path: /a/../b}")],
        "/a/../b",
        "operations.account_close.request.path: climbs out of its place (a segment . or ..)",
    ),
    "method unknown": (
        [(CLOSE, CLOSE.replace("DELETE", "REMOVE"))],
        "REMOVE",
        "operations.account_close.request.method: 'REMOVE' is none of GET, POST, PUT, PATCH, DELETE, HEAD",
    ),
    "placeholder unknown": (
        [(GET, GET.replace("{siret|nic}", "{sire}"))],
        "{sire}",
        "operations.account_get.request.path: {sire} is no value of this operation (siret); did you mean siret?",
    ),
    "a secret as a placeholder": (
        [("body: {actif: true}", 'body: {actif: "{password}"}')],
        "{password}",
        "operations.certificate_activate.request.body.actif: {password} is no value of this operation "
        "(siret, fingerprint, sha1, serial, certificate_pem, certificate_der)",
    ),
    "filter unknown": (
        [(GET, GET.replace("{siret|nic}", "{siret|nik}"))],
        "nik",
        "operations.account_get.request.path: {siret|nik}: 'nik' is no filter",
    ),
    "filter without its argument": (
        [(GET, GET.replace("{siret|nic}", "{siret|default}"))],
        "default",
        "operations.account_get.request.path: {siret|default}: the filter default needs an argument",
    ),
    "a record that cannot be looked up": (
        [(GET, GET.replace("{siret|nic}", "{account.reference}"))],
        "collectivites/{siret|siren}/{account",
        "operations.account_get.request.path: {account.reference}: account_get cannot look up its account (that takes siret, and account_get)",
    ),
    "a field that is not read": (
        [(CLOSE, CLOSE.replace("reference", "referance"))],
        "referance",
        "operations.account_close.request.path: {account.referance}: account has no field referance; did you mean reference?; "
        "declare it under records.account.extra",
    ),
    "a look-up through an absent operation": (
        [("  account_get:\n    class: read", "  account_get:\n    absent: true\n  account_gett:\n    class: read")],
        'DELETE, path: "/collectivites/{account',
        "operations.account_close.request.path: {account.reference}: account_get, which reads it, is absent",
    ),
    "multipart without fields": (
        [
            (
                '    request: {method: PUT, path: "/certificats/{certificate.identifiant}/etat", body: {actif: true}}',
                "    request: {method: PUT, path: /x, as: multipart, body: [1]}",
            )
        ],
        "as: multipart, body",
        "operations.certificate_activate.request.body: multipart needs a mapping of fields",
    ),
    "a file with a wrong key": (
        [('filename: "{filename}", content_type', 'name: "{filename}", content_type')],
        'name: "{filename}"',
        "operations.convention_upload.request.body.fichier: is a text, or a file: a mapping of content, filename, content_type, content at least",
    ),
    "a header of the connection": (
        [(CLOSE, "    request: {method: DELETE, path: /x, headers: {Host: evil}}")],
        "Host",
        "operations.account_close.request.headers.Host: belongs to the connection: no profile sets it",
    ),
    "a line break in a constant header": (
        [("    headers: {Version-Api: 2026-1}", '    headers: {Version-Api: "1\\r\\nX: y"}')],
        "Version-Api",
        "faces.portal.headers.Version-Api: '1\\r\\nX: y' is not printable ASCII on one line",
    ),
    "a header that YAML reads as a number": (
        [("    headers: {Version-Api: 2026-1}", "    headers: {Version-Api: 3}")],
        "Version-Api",
        "faces.portal.headers.Version-Api: must be printable ASCII on one line, in quotes",
    ),
    # outcomes
    "no success": (
        [(CLOSE + "\n    success: [204]", CLOSE)],
        "  account_close:",
        "operations.account_close.success: is missing",
    ),
    "a status that is a word": (
        [(CLOSE + "\n    success: [204]", CLOSE + "\n    success: [none]")],
        "success: [none]",
        "operations.account_close.success.0: must be a whole number from 100 to 599",
    ),
    "a status with two meanings": (
        [(CLOSE + "\n    success: [204]", CLOSE + "\n    success: [204, 403]")],
        "forbidden: [403]\n  convention_blank",
        "operations.account_close.forbidden: 403 is success and forbidden: contradictory",
    ),
    "a meaning unknown": (
        [("    - {means: conflict,", "    - {means: conflit,")],
        "means: conflit,",
        "errors.outcomes.0.means: 'conflit' is none of success, not_there, forbidden, already_done, conflict, unauthenticated, refused, busy; "
        "did you mean conflict?",
    ),
    # JMESPath
    "an expression that is broken": (
        [("      reason: rejet.motif", "      reason: rejet[")],
        "rejet[",
        "records.convention.fields.reason: 'rejet[' is no JMESPath (Invalid jmespath expression: Incomplete expression:)",
    ),
    # records
    "a field unknown": (
        [("      reason: rejet.motif", "      reasons: rejet.motif")],
        "reasons:",
        "records.convention.fields.reasons: unknown key; did you mean reason?",
    ),
    "a needed field missing": (
        [("      cycle: {at: typeConvention, map: {CC: complet, CP: partiel}}\n", "")],
        "    fields:\n      id: numero",
        "records.convention.fields.cycle: is missing",
    ),
    "a state of ours that is none": (
        [("signee: by_dates}", "signee: signed}")],
        "signee: signed",
        "records.convention.states.signee: 'signed' is none of submitted, refused, upcoming, in_force, ended, by_dates",
    ),
    "no way to be active": (
        [("    states: {true: active, false: inactive}", "    states: {true: inactive, false: inactive}")],
        "true: inactive",
        "records.certificate.states: no state of theirs means active: nothing could ever be so",
    ),
    "dates that are not read": (
        [('      start: {at: periode.du, format: "%d/%m/%Y"}\n', "")],
        "signee: by_dates",
        "records.convention.states: by_dates needs the fields start and end",
    ),
    "a format of dates that is none": (
        [('      start: {at: periode.du, format: "%d/%m/%Y"}', "      start: {at: periode.du, format: dd/mm/yyyy}")],
        "dd/mm/yyyy",
        "records.convention.fields.start.format: 'dd/mm/yyyy' is no format",
    ),
    "a format of dates without the day": (
        [('      start: {at: periode.du, format: "%d/%m/%Y"}', '      start: {at: periode.du, format: "%m/%Y"}')],
        'periode.du, format: "%m/%Y"',
        "records.convention.fields.start.format: '%m/%Y' does not hold a whole date",
    ),
    "a format of fingerprints for a name": (
        [("      provider: libelle", "      provider: {at: libelle, format: sha1}")],
        "at: libelle",
        "records.certificate.fields.provider.format: sha1 is for fingerprints",
    ),
    "a cycle that is none": (
        [("map: {CC: complet, CP: partiel}", "map: {CC: complete, CP: partiel}")],
        "CC: complete,",
        "records.convention.fields.cycle.map.CC: 'complete' is none of complet, partiel; did you mean complet?",
    ),
    # values
    "two words of ours as one of theirs": (
        [("values: {cycle: {complet: CC, partiel: CP}}", "values: {cycle: {complet: CC, partiel: CC}}")],
        "values:",
        "values.cycle: CC stands for complet and partiel: contradictory",
    ),
    "a word of ours that is not written": (
        [("values: {cycle: {complet: CC, partiel: CP}}", "values: {cycle: {complet: CC}}")],
        "values:",
        "values.cycle: does not say how partiel is written",
    ),
    # faces
    "a method of authentication unknown": (
        [("      method: oauth2_client_credentials", "      method: oauth2")],
        "method: oauth2\n",
        "faces.portal.auth.method: 'oauth2' is none of api_key, basic, bearer, client_certificate, oauth2_client_credentials, xsrf_basic_bearer",
    ),
    "a setting of the method missing": (
        [("      token_url: /jeton\n", "")],
        "    auth:\n      method: oauth2",
        "faces.portal.auth.token_url: is missing",
    ),
    "a credential that is no option": (
        [("      client_id: username", "      client_id: usernam")],
        "usernam\n",
        "faces.portal.auth.client_id: 'usernam' is none of username, password, editor_id, editor_key, token, client_id, client_secret, api_key; "
        "did you mean username?",
    ),
    "a token service without TLS": (
        [("      token_url: /jeton", "      token_url: http://x/jeton")],
        "http://x",
        "faces.portal.auth.token_url: 'http://x/jeton' is not an https:// URL or a path that begins with /",
    ),
    "a certificate that no operation is about": (
        [("    base_path: /guichet/v2", "    base_path: /guichet/v2\n    client_certificate: subject")],
        "client_certificate: subject",
        "faces.portal.client_certificate: subject: operations of the portal are about no certificate whose key lies here",
    ),
    "a face missing": ([("  sifps:\n    base_path", "  sifp:\n    base_path")], "faces:", "faces.sifps: is missing"),
    "an operation on a face that presents its certificate": (
        [("  account_close:\n    class: write", "  account_close:\n    class: write\n    face: sifps")],
        "face: sifps",
        "operations.account_close.face: sifps presents the certificate that an operation is about, and account_close is about none",
    ),
    # pages, jobs, answers
    "a pagination unknown": (
        [("    pagination: {style: cursor, cursor: apres, next: suite.curseur}\n" + CURSOR, "    pagination: {style: curseur}\n" + CURSOR)],
        "style: curseur",
        "operations.certificate_list.pagination.style: 'curseur' is none of page, offset, cursor, link; did you mean cursor?",
    ),
    "a cursor from nowhere": (
        [
            (
                "    pagination: {style: cursor, cursor: apres, next: suite.curseur}\n" + CURSOR,
                "    pagination: {style: cursor, cursor: apres}\n" + CURSOR,
            )
        ],
        "cursor: apres}",
        "operations.certificate_list.pagination: cursor needs next or next_header, one of both",
    ),
    "pages of something that is no list": (
        [(QUERY, QUERY + "\n    pagination: {style: page, page: p}")],
        "style: page",
        "operations.exchange_query.pagination: exchange_query answers with no list",
    ),
    "a job that never ends": (
        [("FINI: done, ", "")],
        "EN_COURS: pending",
        "operations.convention_upload.job.states: no state of theirs means done: a job could never end",
    ),
    "a job with an identifier and no path": (
        [(UPLOAD_JOB, UPLOAD_JOB + "\n      id: numero")],
        "    job:",
        "operations.convention_upload.job: id and path go together; without both, the header Location is polled",
    ),
    "an answer that this operation does not have": (
        [("    answer: {link: copie.lien}", "    answer: {at: copie.lien}")],
        "at: copie.lien",
        "operations.convention_document.answer.at: means nothing here: convention_document answers with document (document, link, content_type)",
    ),
    "a job told by half": (
        [("      state: traitement.statut\n", "")],
        "    job:",
        "operations.convention_upload.job: state and states go together; without both, the HTTP status tells",
    ),
    "a job at two addresses": (
        [(UPLOAD_JOB, UPLOAD_JOB + "\n      link: a\n      header: Adresse")],
        "    job:",
        "operations.convention_upload.job: path, link and header: only one of them says what is polled",
    ),
    "a job in the middle": (
        [
            (
                UPLOAD_JOB,
                UPLOAD_JOB + "\n    then:\n      - {request: {method: PUT, path: /a}, success: [200], job: {}}",
            )
        ],
        "job: {}",
        "operations.convention_upload.then.0.job: only one request of an operation becomes a job, the first or the last",
    ),
    "a filter of a field that is none": (
        [("      provider: libelle\n", "      provider: {at: libelle, filters: [uper]}\n")],
        "[uper]",
        "records.certificate.fields.provider.filters: 'uper' is no filter",
    ),
    "a filter without its number": (
        [("      provider: libelle\n", "      provider: {at: libelle, filters: ['digits:x']}\n")],
        "digits:x",
        "records.certificate.fields.provider.filters: the filter digits needs a number from 1 to 99, not 'x'",
    ),
    "a map with nobody to choose": (
        [("    answer: {at: habilitation}", "    answer: {at: habilitation, key: siret}")],
        "key: siret",
        "operations.exchange_query.answer.key: needs where: which of the records it is",
    ),
    "headers that nothing uses": (
        [(CLOSE, CLOSE + "\n    answer: {http: entete}")],
        "http: entete",
        "operations.account_close.answer.http: nothing is kept that could use it (keep)",
    ),
    "pages within multipart": (
        [
            (
                '    request: {method: GET, path: "/collectivites/{account.reference}/certificats"}',
                "    request: {method: POST, path: /certificats, as: multipart, body: {a: b}}",
            ),
            (
                "    pagination: {style: cursor, cursor: apres, next: suite.curseur}\n" + CURSOR,
                "    pagination: {style: cursor, cursor: apres, next: a, in: body}\n" + CURSOR,
            ),
        ],
        "in: body",
        "operations.certificate_list.pagination.in: body: pages are asked for in JSON or in a form, not in multipart",
    ),
    "a page that stands there already": (
        [
            (
                '    request: {method: GET, path: "/collectivites/{account.reference}/certificats"}',
                "    request: {method: POST, path: /certificats, body: {page: {apres: 0}}}",
            ),
            (
                "    pagination: {style: cursor, cursor: apres, next: suite.curseur}\n" + CURSOR,
                "    pagination: {style: cursor, cursor: page.apres, next: a, in: body}\n" + CURSOR,
            ),
        ],
        "cursor: page.apres",
        "operations.certificate_list.pagination.cursor: page.apres stands in the body already: contradictory",
    ),
    "a page within something else": (
        [
            (
                '    request: {method: GET, path: "/collectivites/{account.reference}/certificats"}',
                "    request: {method: POST, path: /certificats, body: {page: 1}}",
            ),
            (
                "    pagination: {style: cursor, cursor: apres, next: suite.curseur}\n" + CURSOR,
                "    pagination: {style: cursor, cursor: page.apres, next: a, in: body}\n" + CURSOR,
            ),
        ],
        "cursor: page.apres",
        "operations.certificate_list.pagination.cursor: page.apres stands in something that is no mapping in the body",
    ),
    "a list of accounts that do not say whose they are": (
        [
            (
                "  space_list:\n    absent: true",
                "  account_list:\n    class: read\n    request: {method: GET, path: /a}\n    success: [200]",
            ),
            ("    because: This portal shows one collectivité at a time.", ""),
            (
                "  account:\n    fields:\n      siret: join('', [identite.siren, identite.nic])\n",
                "  account:\n    fields:\n",
            ),
        ],
        "    fields:\n      name:",
        "records.account.fields.siret: is missing",
    ),
    "a time zone that is none": (
        [("timezone: Europe/Paris", "timezone: Europe/Lutece")],
        "Lutece",
        "timezone: 'Europe/Lutece' is no time zone known on this machine",
    ),
}


def edited(edits: list[Edit]) -> str:
    text = TEXT
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands there {text.count(old)} times"
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_profile_is_refused_with_its_line(name: str, tmp_path: Path) -> None:
    edits, blamed, message = BROKEN[name]
    text = edited(edits)
    assert text.count(blamed) == 1, f"{blamed!r} stands there {text.count(blamed)} times"
    line = text[: text.index(blamed)].count("\n") + 1
    path = tmp_path / "mine.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile) as caught:
        profile_file.load(path)
    told = caught.value.problems
    assert f"{path}:{line}: {message}" in told
    assert str(caught.value).startswith(f"the profile {path} cannot be used, {len(told)} problem(s):")


@pytest.mark.parametrize("name", BROKEN)
def test_the_schema_judges_its_form_as_the_code_does(name: str) -> None:
    data = profile_file.read(edited(BROKEN[name][0])).data
    assert structurally_wrong(data) is not SCHEMA.is_valid(data)


def test_there_are_enough_of_them() -> None:
    assert len(BROKEN) >= 30


def test_all_problems_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    names = (
        "unknown key at the top",
        "a state of ours that is none",
        "class unknown",
        "a job that never ends",
        "a credential that is no option",
    )
    path = tmp_path / "mine.yml"
    path.write_text(edited([edit for name in names for edit in BROKEN[name][0]]), encoding="utf-8")
    with pytest.raises(UnreadableFile) as caught:
        profile_file.load(path)
    told = caught.value.problems
    assert len(told) == len(names)
    assert all(any(BROKEN[name][2] in each for each in told) for name in names)
    lines = [int(each.removeprefix(f"{path}:").partition(":")[0]) for each in told]
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a profile is a mapping"),
        ("- a", "a profile is a mapping"),
        ("a: [", "is not YAML"),
        ("a: &a [*a]", "contains itself"),
        ("? [a]\n: b", "a key is a text"),
        ("\x00", "is not YAML"),
    ],
)
def test_what_is_no_profile_at_all(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=said):
        profile_file.load(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be read"):
        profile_file.load(tmp_path / "none.yml")


@pytest.mark.parametrize(
    ("text", "data"),
    [
        (
            "{ON: a, NO: b, true: c, False: d, ~: e, 007: f, 1: g}",
            {"ON": "a", "NO": "b", "true": "c", "false": "d", "null": "e", "007": "f", "1": "g"},
        ),
        ("a: 2026-01-01", {"a": "2026-01-01"}),
        ("a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}", {"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 3}}),
    ],
)
def test_what_stands_there_is_what_is_read(text: str, data: Any) -> None:
    written = profile_file.read(text)
    assert (written.data, written.problems) == (data, [])


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "mine.yml"
    path.write_text(TEXT, encoding="utf-8")
    assert profile_file.load(path)["name"] == "stand_in"
    path.write_text(TEXT.replace("name: stand_in", "name: another"), encoding="utf-8")
    assert profile_file.load(path)["name"] == "another"
