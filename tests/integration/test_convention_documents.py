# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conventions as documents, over TLS and through Ansible: prefilled in bulk with an index, judged, and held back where a rule fails."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.integration.conftest import OpenBench
from tests.support.bench import ACCOUNT, FORM, codes, encoded, waits
from tests.support.collection import returns
from tests.support.interfaces import EITHER_INTERFACE
from tests.support.playbook import play
from tests.support.run_module import run_module
from tests.support.sandbox_process import SandboxProcess
from tests.support.shape import same_shape
from tests.support.signing import ca, page_changed, sign
from tests.support.values import OTHER, SIRET, existing

DECLARED = {
    "siret": SIRET,
    **{name: ACCOUNT[name] for name in ("name", "address", "contact_email")},
    "signatory_name": "Amélie Sénéchas",
    "signatory_function": "Maire",
    "deliberation_number": "2026-042",
    "deliberation_date": "2026-09-21",
    "form": FORM,
}
SIGNATURE = "signature_collectivite"


@EITHER_INTERFACE
def test_prefilled_signed_electronically_and_uploaded(bench: OpenBench) -> None:
    """The whole way on a computer: nothing is printed, nothing scanned, and every rule can say pass."""
    here = bench(existing(None))
    predicted = here.run("antai_convention_prefill", **DECLARED, check=True)
    assert not (here.store / SIRET).exists()
    made = here.done("antai_convention_prefill", **DECLARED)
    assert (codes(made), made["prefill"]["state"], made["waiting"]) == (["fetch_blank", "prefill_convention"], "ready", [])
    assert (predicted["prefill"], predicted["diff"]) == (made["prefill"], made["diff"])
    assert here.done("antai_convention_prefill", **DECLARED)["changed"] is False
    assert here.writes() == []
    document = Path(made["prefill"]["document"]).read_bytes()
    signed = sign(document, field=SIGNATURE)
    (here.store / SIRET / "conventions/complet/signed.pdf").write_bytes(signed)
    sent = here.done("antai_convention", **DECLARED, signature_anchors=[ca().pem])
    assert (codes(sent)[0], here.writes()) == ("upload_convention", ["conventionUpload"])
    assert {each["outcome"] for each in sent["convention"]["checks"]["verdicts"]} == {"pass"}
    assert here.done("antai_convention", **DECLARED)["convention"]["checks"] is None, "it is not judged once ANTAI has it"


@pytest.mark.parametrize(
    ("case", "rule"),
    [("unsigned", "signature"), ("altered", "signature_unaltered"), ("other", "siret")],
)
@EITHER_INTERFACE
def test_what_fails_is_not_uploaded(bench: OpenBench, case: str, rule: str) -> None:
    here = bench(existing(None))
    made = here.done("antai_convention_prefill", **DECLARED | ({"siret": OTHER} if case == "other" else {}))
    document = Path(made["prefill"]["document"]).read_bytes()
    content = {"unsigned": document, "altered": page_changed(sign(document, field=SIGNATURE)), "other": sign(document, field=SIGNATURE)}[
        case
    ]
    result = here.done("antai_convention", **DECLARED, document_content=encoded(content))
    assert (result["changed"], here.writes(), waits(result)) == (False, [], [("collectivite", "convention_document")])
    assert rule in {each["rule"] for each in result["convention"]["checks"]["verdicts"] if each["outcome"] == "fail"}


@EITHER_INTERFACE
def test_a_scan_is_uploaded_and_what_nobody_could_verify_is_told(bench: OpenBench) -> None:
    here = bench(existing(None))
    result = here.done("antai_convention", siret=SIRET, name="Lyon", document_content=here.signed())
    assert here.writes() == ["conventionUpload"]
    assert [warning for warning in result["warnings"] if "not verifiable: " in warning and "signature" in warning]


@EITHER_INTERFACE
def test_what_is_missing_is_waited_for(bench: OpenBench) -> None:
    here = bench(existing(None))
    result = here.done("antai_convention_prefill", **DECLARED | {"signatory_name": None, "deliberation_date": None})
    assert waits(result) == [("collectivite", "convention_data")]
    assert {gap["source"] for gap in result["prefill"]["gaps"] if gap["what"] == "missing"} == {"signatory_name", "deliberation_date"}


@EITHER_INTERFACE
def test_a_document_is_judged_by_itself(bench: OpenBench) -> None:
    here = bench(existing(None))
    made = here.done("antai_convention_prefill", **DECLARED)
    result = run_module("convention_document_info", DECLARED | {"cycle": "complet", "document": made["prefill"]["document"]})
    assert (result["changed"], result["outcome"]) == (False, "fail")
    for name, entry in returns("convention_document_info").items():
        if name in result:
            same_shape(entry["sample"], result[name], name)
    missing = run_module("convention_document_info", {"document": str(here.folder / "none.pdf")})
    assert (missing["failed"], missing["error"]["details"]["field"]) == (True, "document")


def test_in_bulk_with_an_index_of_what_is_missing(tmp_path: Path, sandbox_template: Path) -> None:
    """antai_convention_prefill and antai_convention_index in the playbook, over two communes of the demo, one for each cycle."""
    store = tmp_path / "store"
    known = {"antai_signatory_name": "Amélie Sénéchas", "antai_signatory_function": "Maire", "antai_deliberation_number": "2026-042"}
    with SandboxProcess(tmp_path / "sandbox", None, sandbox_template) as running:
        shown: list[str] = []

        def run(*more: str, **variables: str) -> int:
            given = json.dumps({"antai_store": str(store), **known, **variables})
            played = play(
                "playbooks/prefill_conventions.yml",
                "inventories/demo",
                tmp_path / "home",
                *("--limit", "albi,ornans", "-e", given, *more),
                SANDBOX_ENDPOINTS=str(running.state_dir / "endpoints.json"),
            )
            assert played.code == 0, played.stdout + played.stderr
            shown.append(played.stdout)
            return sum(each["changed"] for each in played.stats.values())

        run("--check")
        assert not store.exists()
        assert run() > 0
        index = store / "conventions_to_sign.csv"
        assert "Albi, Ornans : À déclarer : Délibération du (deliberation_date)\n" in shown[1]
        assert ("Incomplète : 2." in shown[0], str(index) in shown[0], str(index) in shown[1]) == (True, False, True)
        text = index.read_bytes().decode("utf-8")
        assert text.startswith("\ufeffCollectivité;SIRET;")
        rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
        assert [(row["Collectivité"], row["Cycle"], row["À déclarer"]) for row in rows] == [
            ("Albi", "complet", "Délibération du (deliberation_date)"),
            ("Ornans", "partiel", "Délibération du (deliberation_date)"),
        ]
        assert index.stat().st_mode & 0o777 == 0o600
        assert run() == 0
        assert run(antai_deliberation_date="2026-09-21") > 0
        assert "incomplète" not in index.read_text(encoding="utf-8")
        assert running.requests(operation_class="write") == []
