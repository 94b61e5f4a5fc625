// Spreadsheets as offices send them.

import { unzipped, zipped } from "./zip.mjs";

/** Windows' code page 932, which Excel writes as 「CSV（コンマ区切り）」. */
export function shiftJis(text) {
  return Buffer.from([...text].flatMap((character) => codes().get(character)));
}

let known;
function codes() {
  if (known) return known;
  const decoder = new TextDecoder("shift_jis", { fatal: true });
  known = new Map();
  const add = (...bytes) => {
    try {
      const character = decoder.decode(Uint8Array.from(bytes));
      if ([...character].length === 1) known.set(character, bytes);
    } catch {
      // No character has these bytes.
    }
  };
  for (let lead = 0x81; lead <= 0xfc; lead += 1) for (let trail = 0x40; trail <= 0xfc; trail += 1) add(lead, trail);
  for (let byte = 0; byte <= 0xdf; byte += 1) add(byte);
  return known;
}

/** A workbook of one sheet: rows of texts, and what is merged, such as "A3:A4". */
export function workbook(rows, merged = []) {
  const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
  const related = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const kind = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  const cell = (text, row, column) => `<c r="${"ABCDEFGH"[column]}${row + 1}" t="inlineStr"><is><t>${escaped(text)}</t></is></c>`;
  const lines = rows.map((cells, row) => `<row r="${row + 1}">${cells.map((text, column) => cell(text, row, column)).join("")}</row>`);
  const areas = merged.map((area) => `<mergeCell ref="${area}"/>`);
  const links = (target, type) =>
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${related}/${type}" Target="${target}"/></Relationships>`;
  return zipped({
    "[Content_Types].xml":
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
      `<Override PartName="/xl/workbook.xml" ContentType="${kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${kind}.worksheet+xml"/></Types>`,
    "_rels/.rels": links("xl/workbook.xml", "officeDocument"),
    "xl/workbook.xml": `<workbook ${main} xmlns:r="${related}"><sheets><sheet name="名簿" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": links("worksheets/sheet1.xml", "worksheet"),
    "xl/worksheets/sheet1.xml": `<worksheet ${main}><sheetData>${lines.join("")}</sheetData><mergeCells count="${areas.length}">${areas.join("")}</mergeCells></worksheet>`,
  });
}

/** Everything that the parts of a workbook say; fails where a cell is a formula. */
export function words(bytes) {
  const parts = Object.entries(unzipped(bytes)).filter(([path]) => path.endsWith(".xml"));
  const formulas = parts.filter(([path, text]) => path.includes("worksheets/") && /<f[ >/]/.test(text));
  if (formulas.length) throw new Error(`formulas in ${formulas.map(([path]) => path).join()}`);
  return plain(parts.map(([, text]) => text).join("\n"));
}

const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

function escaped(text) {
  return text.replace(/[&<>]/g, (sign) => SIGNS[sign]);
}

function plain(xml) {
  const named = xml.replace(/&#(x?)([0-9a-fA-F]+);/g, (_, hex, code) => String.fromCodePoint(parseInt(code, hex ? 16 : 10)));
  return Object.entries(SIGNS).reverse().reduce((text, [sign, name]) => text.replaceAll(name, sign), named);
}
