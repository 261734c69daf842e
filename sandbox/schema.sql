-- Copyright: (c) 2026, collectivites.antai contributors
-- GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Moments are RFC 3339 text in UTC with whole seconds, days are YYYY-MM-DD: both compare as text.

CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS agent (
  login TEXT PRIMARY KEY, nom TEXT NOT NULL, courriel TEXT NOT NULL UNIQUE COLLATE NOCASE,
  role TEXT NOT NULL CHECK (role IN ('COLLECTIVITE', 'EDITEUR')), password TEXT NOT NULL
) WITHOUT ROWID;

-- A mandate may exist before the account it is for.
CREATE TABLE IF NOT EXISTS mandat (
  login TEXT NOT NULL REFERENCES agent (login), siret TEXT NOT NULL, PRIMARY KEY (login, siret)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS editeur (
  id TEXT PRIMARY KEY, nom TEXT NOT NULL, cle TEXT NOT NULL, qualifie INTEGER NOT NULL
) WITHOUT ROWID;

-- What the policy says of a collectivité; read by the people (cycle to sign) and by `status`.
CREATE TABLE IF NOT EXISTS collectivite (siret TEXT PRIMARY KEY, nom TEXT, cycle TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS demande (
  id INTEGER PRIMARY KEY, siret TEXT NOT NULL, nom TEXT NOT NULL, departement TEXT NOT NULL,
  voie TEXT NOT NULL, code_postal TEXT NOT NULL, commune TEXT NOT NULL, courriel TEXT NOT NULL,
  agent_nom TEXT NOT NULL, agent_courriel TEXT NOT NULL,
  etat TEXT NOT NULL CHECK (etat IN ('EN_CONTROLE', 'ACCEPTEE', 'REFUSEE')),
  etat_depuis TEXT NOT NULL, motif TEXT, depose_le TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS demande_siret ON demande (siret, id);

CREATE TABLE IF NOT EXISTS compte (
  siret TEXT PRIMARY KEY, nom TEXT NOT NULL, departement TEXT NOT NULL,
  voie TEXT NOT NULL, code_postal TEXT NOT NULL, commune TEXT NOT NULL, courriel TEXT NOT NULL,
  etat TEXT NOT NULL CHECK (etat IN ('EN_CONTROLE', 'REFUSE', 'ACTIF', 'CLOS')),
  etat_depuis TEXT NOT NULL, motif TEXT, depose_le TEXT NOT NULL
) WITHOUT ROWID;

-- Documents are kept once per content.
CREATE TABLE IF NOT EXISTS document (empreinte TEXT PRIMARY KEY, contenu BLOB NOT NULL);

CREATE TABLE IF NOT EXISTS convention (
  id INTEGER PRIMARY KEY AUTOINCREMENT, siret TEXT NOT NULL REFERENCES compte (siret),
  cycle TEXT NOT NULL CHECK (cycle IN ('complet', 'partiel')),
  decision TEXT NOT NULL CHECK (decision IN ('DEPOSEE', 'REFUSEE', 'CONTRESIGNEE')),
  nom_fichier TEXT NOT NULL, depose_le TEXT NOT NULL,
  refusee_le TEXT, motif TEXT, contresignee_le TEXT, debut TEXT, fin TEXT,
  remplacee_le TEXT, -- the moment a cycle complet ended this cycle partiel (R5)
  empreinte TEXT NOT NULL REFERENCES document (empreinte), empreinte_contresignee TEXT REFERENCES document (empreinte)
);
CREATE INDEX IF NOT EXISTS convention_siret ON convention (siret, id);

CREATE TABLE IF NOT EXISTS certificat (
  id INTEGER PRIMARY KEY, siret TEXT NOT NULL REFERENCES compte (siret), empreinte TEXT NOT NULL,
  sujet TEXT NOT NULL, emetteur TEXT NOT NULL, prestataire TEXT NOT NULL,
  etat TEXT NOT NULL CHECK (etat IN ('INACTIF', 'ACTIF')), etat_depuis TEXT NOT NULL,
  valide_du TEXT NOT NULL, valide_au TEXT NOT NULL, installe_le TEXT NOT NULL,
  liste_le TEXT NOT NULL, -- from then on it shows up in the space
  dernier_echange_le TEXT, UNIQUE (siret, empreinte)
);

CREATE INDEX IF NOT EXISTS certificat_siret ON certificat (siret, id);

CREATE TABLE IF NOT EXISTS fps (numero TEXT PRIMARY KEY, empreinte TEXT NOT NULL, accepte_le TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS fault (
  id INTEGER PRIMARY KEY, operation TEXT NOT NULL, face TEXT, kind TEXT NOT NULL,
  times INTEGER, delay REAL, retry_after INTEGER
);

-- What the PSCE has issued: its CRL and its responder speak of these. The serial number is hexadecimal, `identifiants` JSON.
CREATE TABLE IF NOT EXISTS psce_certificat (
  serie TEXT PRIMARY KEY, empreinte TEXT NOT NULL UNIQUE, identifiants TEXT NOT NULL, emis_le TEXT NOT NULL,
  revoque_le TEXT, motif TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS psce_revoque ON psce_certificat (revoque_le) WHERE revoque_le IS NOT NULL;

-- Each CRL that was published; `entrees` tells whether the next one would say anything else.
CREATE TABLE IF NOT EXISTS psce_crl (
  numero INTEGER PRIMARY KEY AUTOINCREMENT, du TEXT NOT NULL, entrees TEXT NOT NULL, der BLOB NOT NULL
);

-- The newest table: state.py takes it as the sign that the schema is whole.
CREATE TABLE IF NOT EXISTS defect (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, siret TEXT, times INTEGER);
