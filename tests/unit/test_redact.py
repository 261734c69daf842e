# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets: removed from everything of a JSON's shape."""

from __future__ import annotations

import html
import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.collectivites.antai.plugins.module_utils._options.spec import connection_spec
from ansible_collections.collectivites.antai.plugins.module_utils.redact import (
    HIDDEN,
    SECRET_FIELDS,
    SECRET_NAMES,
    Redactor,
    is_secret_name,
    shown_arguments,
)
from tests.support.kinds import DECLARING


@pytest.mark.parametrize("field", SECRET_FIELDS)
def test_declared_secrets(field: str) -> None:
    assert Redactor({field: "canari", "username": "agent"}).clean("agent: canari!") == f"agent: {HIDDEN}!"


@pytest.mark.parametrize("url", ["https://agent:canari@portal.example/x", "agent:canari@portal.example", "http://canari@portal.example"])
def test_credentials_in_the_url_of_a_server(url: str) -> None:
    """They are refused there; what tells of it does not show them."""
    assert "canari" not in Redactor({"portal_url": url}).clean(f"{url}, with canari")


@pytest.mark.parametrize("parameters", [None, {}, {"password": None}, {"password": ""}])
def test_without_secret_nothing_changes(parameters: Any) -> None:
    redactor = Redactor(parameters)
    redactor.learn("")
    assert redactor.clean("a text") == "a text"


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        ("x", "x"),
        (None, None),
        (1, 1),
        (True, True),
        (["canari", ["a canari"]], [HIDDEN, [f"a {HIDDEN}"]]),
        (("canari", 1), [HIDDEN, 1]),
        ({"b": {"a": "canari"}}, {"b": {"a": HIDDEN}}),
    ],
)
def test_shapes(value: Any, clean: Any) -> None:
    assert Redactor({"password": "canari"}).clean(value) == clean


def test_a_number_as_secret() -> None:
    assert Redactor({"password": 123456}).clean("is 123456") == f"is {HIDDEN}"


def test_the_longer_secret_goes_first() -> None:
    redactor = Redactor({"password": "abc"})
    redactor.learn("abcdef")
    assert redactor.clean("abcdef abc") == f"{HIDDEN} {HIDDEN}"


def test_the_original_is_not_touched() -> None:
    original = {"a": ["canari"]}
    Redactor({"password": "canari"}).clean(original)
    assert original == {"a": ["canari"]}


TEXTS = st.text(alphabet="abCD*", max_size=8)
JSON = st.recursive(TEXTS, lambda inner: st.lists(inner) | st.dictionaries(st.just("key"), inner), max_leaves=8)


@given(JSON, st.text(alphabet="abCD", min_size=1, max_size=4))
def test_no_secret_is_left(value: Any, secret: str) -> None:
    assert secret not in repr(Redactor({"password": secret}).clean(value))


def test_keys_stay_even_where_a_secret_is_spelt_the_same() -> None:
    assert Redactor({"password": "waiting"}).clean({"waiting": ["waiting"]}) == {"waiting": ["********"]}


KEY = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\nAgEGCCqGSM49AwEHBG0w\n8w==\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize("parameters", [{"private_key_content": KEY}, {"certificates": [{"provider": "a"}, {"private_key_content": KEY}]}])
def test_a_key_is_removed_whole_and_line_by_line(parameters: dict[str, Any]) -> None:
    redactor = Redactor(parameters)
    assert redactor.clean(f"x {KEY} y") == f"x {HIDDEN} y"
    assert redactor.clean({"a": ["x AgEGCCqGSM49AwEHBG0w y"]}) == {"a": [f"x {HIDDEN} y"]}
    assert redactor.clean("8w== stays: it could stand anywhere") == "8w== stays: it could stand anywhere"


@pytest.mark.parametrize("field", ["est_password", "passphrase", "certificate_content"])
def test_every_secret_of_an_entry_is_known(field: str) -> None:
    assert Redactor({"certificates": [{field: "canari"}]}).clean("a canari") == f"a {HIDDEN}"


@pytest.mark.parametrize("certificates", [None, [], "a list in a string", ["no entry"]])
def test_what_is_no_entry_holds_no_secret(certificates: Any) -> None:
    assert Redactor({"certificates": certificates}).clean("a text") == "a text"


def test_what_another_one_knows_is_hidden_beside_ones_own() -> None:
    agents = Redactor({"password": "canari"})
    own = Redactor({"certificates": [{"passphrase": "canari-jaune"}]}, agents)
    assert own.clean(["canari", "canari-jaune", "x"]) == [HIDDEN, HIDDEN, "x"]
    agents.learn("a token of later")
    assert own.clean("a token of later") == HIDDEN
    assert agents.clean("jaune") == "jaune"


@pytest.mark.parametrize("given", [5, True, "text", {"passphrase": "canari"}, [{"passphrase": "canari"}, 3], None])
def test_whatever_is_declared_as_certificates_is_looked_through(given: object) -> None:
    shown = Redactor({"certificates": given}).clean("it said canari")
    assert shown == ("it said canari" if "canari" not in str(given) else f"it said {HIDDEN}")


CANARY = "canari-1"


@pytest.mark.parametrize(
    "declared",
    [
        {"certificates": [{"provider": "a", "passphrase": CANARY}]},
        {"certificates": {"provider": "a", "passphrase": CANARY}},
        {"certificates": ["parkexemple", {"passphrase": CANARY}]},
        {"certificates": f'[{{"provider": "a", "passphrase": "{CANARY}"}}]'},
        {"certificates": f"[{{'provider': 'a', 'passphrase': '{CANARY}'}}]"},
        {"certificates": f"provider=a passphrase={CANARY}, private_key=/k"},
        {"certificates": [f"provider: a\npassphrase: {CANARY}\n"]},
        {"certificates": [{"provider": "a", "passphrasse": "x", "Passphrase": CANARY}]},
        {"password": {"value": [CANARY]}},
        {"est_pass_word": "x", "est-password": CANARY},
        {"mot_de_passe": CANARY},
        {"address": {"api_key": CANARY}},
    ],
    ids=str,
)
def test_a_secret_of_a_declaration_of_any_shape(declared: dict[str, Any]) -> None:
    assert CANARY not in Redactor(declared).clean(f"it says {CANARY}")


def test_a_key_in_a_text_where_a_mapping_belongs() -> None:
    line = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0w"
    declared = {"certificates": [f"private_key_content: |\n-----BEGIN PRIVATE KEY-----\n{line}\n-----END PRIVATE KEY-----\n"]}
    assert line not in Redactor(declared).clean(f"it says {line}")


@pytest.mark.parametrize("text", ["passphrase: null", '{"passphrase": null}', "passphrase: ~"])
def test_an_option_that_is_not_set_hides_no_word(text: str) -> None:
    assert Redactor({"certificates": [text]}).clean("null none ~") == "null none ~"


def test_a_profile_holds_names_of_secrets_only() -> None:
    assert Redactor({"profile": {"auth": {"token": "kept", "password": "{password}"}}}).clean("kept {password}") == "kept {password}"


ODD = 'a"b\\c<d> é\n&e/f'


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"said": ODD}),
        json.dumps({"said": ODD}, ensure_ascii=False),
        repr({"said": ODD}),
        f"<p>{html.escape(ODD)}</p>",
        f"/login?p={quote(ODD, safe='')}",
        urlencode({"p": ODD}),
    ],
)
def test_a_secret_as_other_languages_write_it(text: str) -> None:
    clean = Redactor({"password": ODD}).clean(text)
    assert HIDDEN in clean
    assert not any(part in clean for part in ("a\\", "a&", "a%22", '\\"b'))


def test_no_option_of_ours_is_taken_for_a_secret() -> None:
    """Hidden by its name alone, what it says would be hidden everywhere."""
    specs = [connection_spec(), *(declaring.spec for declaring in DECLARING.values())]
    options = {(name, bool(option.get("no_log"))) for spec in specs for name, option in spec.items()}
    options |= {
        (name, bool(option.get("no_log"))) for spec in specs for name, option in spec.get("certificates", {}).get("options", {}).items()
    }
    assert {name for name, _secret in options if is_secret_name(name)} <= {name for name, secret in options if secret}
    assert {name for name, secret in options if secret} <= set(SECRET_NAMES)


def test_arguments_that_nobody_knows_are_not_shown() -> None:
    spec: dict[str, dict[str, Any]] = {"siret": {"type": "str"}, "certificates": {"type": "list", "options": {"provider": {"type": "str"}}}}
    given = {"siret": "1", "pasword": CANARY, "certificates": ["parkexemple", {"provider": "a", "pass": CANARY}, None]}
    assert shown_arguments(given, spec) == {
        "siret": "1",
        "pasword": HIDDEN,
        "certificates": [HIDDEN, {"provider": "a", "pass": HIDDEN}, None],
    }


def test_what_leaves_is_never_obeyed_by_a_terminal() -> None:
    assert Redactor({"password": "canari"}).clean({"msg": ["\x1b[2J canari\u202e\n"]}) == {"msg": [f"\\x1b[2J {HIDDEN}\\u202e\n"]}


@pytest.mark.parametrize(("session_value", "shown"), [("a", "a message"), ("a-longer", "a message"), ("message-token", "a message")])
def test_what_a_server_hands_out_is_a_secret_only_where_it_is_long_enough(session_value: str, shown: str) -> None:
    """An XSRF value of one letter stands in every text: it would garble all results."""
    redactor = Redactor()
    redactor.learn_session(session_value)
    assert redactor.clean(shown) == shown
    assert (session_value in redactor.clean(f"({session_value})")) is (len(session_value) < 8)
