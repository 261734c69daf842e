# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every form that another program made is filled, read back, drawn and compared."""

from __future__ import annotations

import pytest

from tests.form_corpus.corpus import HERE, PRODUCERS, CorpusForm, faults, load_corpus

CORPUS = load_corpus()
MOST_BYTES = 2 * 1024 * 1024


@pytest.mark.parametrize("form", CORPUS, ids=lambda form: form.name)
def test_a_form_is_filled_as_it_is_meant(form: CorpusForm) -> None:
    assert faults(form) == []


def test_every_file_is_described_and_the_corpus_stays_small() -> None:
    files = {path.stem: path.stat().st_size for path in (HERE / "forms").glob("*.pdf")}
    assert set(files) == {form.name for form in CORPUS}
    assert len(files) >= 40
    assert {form.producer for form in CORPUS} == set(PRODUCERS)
    assert sum(files.values()) < MOST_BYTES


def test_a_wrong_value_is_noticed() -> None:
    """The comparison can fail: each of its parts, over one form."""
    form = next(form for form in CORPUS if form.name == "pdf_lib_text")
    elsewhere = CorpusForm(form.name, form.fields, shown={"nom": "Lyon"}, turned=90)
    assert {fault.split(" ", 1)[0] for fault in faults(elsewhere)} == {"nom", "siret", "signataire"}
    missing = CorpusForm(form.name, {"nom": "Lyon"})
    assert any(fault.startswith("its fields are") for fault in faults(missing))
