// Copyright: (c) 2026, collectivites.antai contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
// Forms of pdf-lib, as web applications make them.   node pdf_lib.mjs FOLDER    writes FOLDER/pdf_lib_*.pdf

import { writeFileSync } from 'node:fs'
import { PDFDocument, PDFName, StandardFonts, TextAlignment, degrees, rgb } from 'pdf-lib'

const folder = process.argv[2]
const DAY = new Date('2026-01-01T00:00:00Z')

async function made(name, build, size = [595, 842], saving = {}) {
  const document = await PDFDocument.create()
  document.setCreationDate(DAY)
  document.setModificationDate(DAY)
  const page = document.addPage(size)
  page.drawText('Convention - cycle complet', { x: 40, y: size[1] - 40, size: 12 })
  await build(document.getForm(), page, document)
  writeFileSync(`${folder}/pdf_lib_${name}.pdf`, await document.save({ useObjectStreams: false, ...saving }))
}

const box = (rank, more = {}) => ({ x: 150, y: 700 - 40 * rank, width: 300, height: 20, ...more })

function text(form, page, name, rank, more = {}, change = () => {}) {
  const field = form.createTextField(name)
  change(field)
  field.addToPage(page, box(rank, more))
  return field
}

await made('text', (form, page) => ['nom', 'siret', 'signataire'].forEach((name, rank) => text(form, page, name, rank)))
await made('object_streams', (form, page) => ['nom', 'siret'].forEach((name, rank) => text(form, page, name, rank)), [595, 842], { useObjectStreams: true })
await made('accents', (form, page) => ['Délibération n°', 'Où êtes-vous ?', 'Œuvre – « à »'].forEach((name, rank) => text(form, page, name, rank)))
await made('other_scripts', (form, page) => ['имя', '名前', 'שם'].forEach((name, rank) => text(form, page, name, rank)))
await made('hierarchy', (form, page) => ['collectivite.nom', 'collectivite.adresse.rue', 'collectivite.adresse.ville', 'signataire.nom'].forEach((name, rank) => text(form, page, name, rank)))
await made('multiline', (form, page) => text(form, page, 'adresse', 2, { height: 60, width: 180 }, (field) => field.enableMultiline()))
await made('comb', (form, page) => text(form, page, 'siret', 0, {}, (field) => { field.setMaxLength(14); field.enableCombing() }))
await made('alignment', (form, page) => [TextAlignment.Left, TextAlignment.Center, TextAlignment.Right].forEach((way, rank) => text(form, page, `champ${way}`, rank, {}, (field) => field.setAlignment(way))))
await made('checkboxes', (form, page) => ['complet', 'partiel'].forEach((name, rank) => form.createCheckBox(name).addToPage(page, box(rank, { width: 20 }))))
await made('radio', (form, page) => {
  const group = form.createRadioGroup('cycle')
  ;['complet', 'partiel'].forEach((name, rank) => group.addOptionToPage(name, page, box(rank, { width: 20 })))
})
await made('lists', (form, page) => {
  const list = form.createDropdown('fonction')
  list.addOptions(['Maire', 'Président', 'Première adjointe'])
  list.addToPage(page, box(0))
  const open = form.createDropdown('civilite')
  open.addOptions(['Madame', 'Monsieur'])
  open.enableEditing()
  open.addToPage(page, box(1))
  const several = form.createOptionList('cycle')
  several.addOptions(['complet', 'partiel'])
  several.addToPage(page, box(3, { height: 50 }))
})
await made('prefilled', (form, page) => text(form, page, 'nom', 0).setText('Ancien nom'))
await made('colours', (form, page, document) => text(form, page, 'nom', 0, { borderColor: rgb(0, 0, 1), backgroundColor: rgb(1, 1, 0.8), borderWidth: 2, textColor: rgb(0.5, 0, 0) }))
for (const turn of [90, 180, 270]) {
  await made(`page_${turn}`, (form, page) => {
    page.setRotation(degrees(turn))
    const place = { 90: { x: 100, y: 100, width: 20, height: 300 }, 180: { x: 150, y: 600, width: 300, height: 20 }, 270: { x: 300, y: 100, width: 20, height: 300 } }[turn]
    const field = form.createTextField('nom')
    field.addToPage(page, place)
    const widget = field.acroField.getWidgets()[0]
    widget.getOrCreateAppearanceCharacteristics().setRotation(turn)
    widget.dict.delete(PDFName.of('AP'))
  })
}
await made('field_90', (form, page) => text(form, page, 'nom', 2, { rotate: degrees(90), width: 300, height: 20, x: 300, y: 200 }))
await made('two_widgets', async (form, page, document) => {
  const field = form.createTextField('nom')
  field.addToPage(page, box(0))
  field.addToPage(document.addPage([595, 842]), box(2, { width: 200 }))
})
await made('times', async (form, page, document) => text(form, page, 'nom', 0, { font: await document.embedFont(StandardFonts.TimesRoman) }))
