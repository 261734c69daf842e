// Copyright: (c) 2026, collectivites.antai contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
// Forms of PDFKit, which leaves the drawing of values to the reader.   node pdfkit.mjs FOLDER    writes FOLDER/pdfkit_*.pdf

import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import PDFDocument from 'pdfkit'

const folder = process.argv[2]

async function made(name, build, options = {}) {
  const document = new PDFDocument({ size: 'A4', info: { CreationDate: new Date('2026-01-01T00:00:00Z') }, ...options })
  const file = createWriteStream(`${folder}/pdfkit_${name}.pdf`)
  document.pipe(file)
  document.font('Helvetica').fontSize(12).text('Convention - cycle complet', 40, 40)
  document.initForm()
  build(document)
  document.end()
  await once(file, 'finish')
}

await made('text', (document) => ['nom', 'siret', 'signataire'].forEach((name, rank) => document.formText(name, 150, 100 + 40 * rank, 300, 20, { fontSize: 10 })))
await made('hierarchy', (document) => {
  const parent = document.formField('collectivite')
  document.formText('nom', 150, 100, 300, 20, { parent })
  const address = document.formField('adresse', { parent })
  document.formText('ville', 150, 140, 300, 20, { parent: address })
})
await made('checkboxes', (document) => ['complet', 'partiel'].forEach((name, rank) => document.formCheckbox(name, 150, 100 + 40 * rank, 20, 20, { backgroundColor: 'yellow' })))
await made('lists', (document) => {
  document.formCombo('fonction', 150, 100, 300, 20, { select: ['', 'Maire', 'Président'], value: '' })
  document.formList('cycle', 150, 140, 300, 60, { select: ['complet', 'partiel'] })
})
await made('multiline', (document) => document.formText('adresse', 150, 100, 180, 60, { multiline: true, align: 'left', value: '' }))
