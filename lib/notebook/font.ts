/** Reads what text layout needs from a TrueType file: glyph advances and line height (tables head, hhea, hmtx, cmap). */

/** Metrics in em: multiply by the font size. */
export interface Font {
  /** Above and below the baseline, both positive. */
  ascent: number;
  descent: number;
  /** Width of a text on one line. Unknown characters count as the font's own "missing" glyph. */
  width(text: string): number;
}

/** Parses a TrueType font. Throws `Error` if a needed table or a Unicode (format 4) character map is missing. */
export function readFont(bytes: Uint8Array): Font {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const table = tableOffsets(view);
  const unitsPerEm = view.getUint16(table("head") + 18);
  const hhea = table("hhea");
  const metrics = view.getUint16(hhea + 34); // glyphs from here on repeat the last advance
  const hmtx = table("hmtx");
  const glyphOf = characterMap(view, table("cmap"));
  const advance = (codePoint: number) => view.getUint16(hmtx + 4 * Math.min(glyphOf(codePoint), metrics - 1));
  return {
    ascent: view.getInt16(hhea + 4) / unitsPerEm,
    descent: -view.getInt16(hhea + 6) / unitsPerEm,
    width: (text) => [...text].reduce((sum, char) => sum + advance(char.codePointAt(0)!), 0) / unitsPerEm,
  };
}

function tableOffsets(view: DataView): (tag: string) => number {
  const offsets = new Map<string, number>();
  for (let at = 12; at < 12 + 16 * view.getUint16(4); at += 16) {
    const tag = String.fromCharCode(...[0, 1, 2, 3].map((byte) => view.getUint8(at + byte)));
    offsets.set(tag, view.getUint32(at + 8));
  }
  return (tag) => {
    const offset = offsets.get(tag);
    if (offset === undefined) throw new Error(`The font has no table ${tag}.`);
    return offset;
  };
}

/** Code point -> glyph from the format 4 subtable (OpenType specification, "cmap"); 0 is the missing glyph. */
function characterMap(view: DataView, cmap: number): (codePoint: number) => number {
  const count = view.getUint16(cmap + 2);
  const subtables = Array.from({ length: count }, (_, at) => cmap + view.getUint32(cmap + 8 + 8 * at));
  const start = subtables.find((subtable) => view.getUint16(subtable) === 4);
  if (start === undefined) throw new Error("The font has no character map of format 4.");
  const segments = view.getUint16(start + 6) / 2;
  const column = (at: number) => start + 14 + at * 2 * segments + (at > 0 ? 2 : 0); // a pad follows the end codes
  return (codePoint) => {
    for (let segment = 0; segment < segments; segment++) {
      if (codePoint > view.getUint16(column(0) + 2 * segment)) continue;
      const first = view.getUint16(column(1) + 2 * segment);
      if (codePoint < first) return 0;
      const delta = view.getUint16(column(2) + 2 * segment);
      const rangeAt = column(3) + 2 * segment;
      const range = view.getUint16(rangeAt);
      if (range === 0) return (codePoint + delta) & 0xffff;
      const glyph = view.getUint16(rangeAt + range + 2 * (codePoint - first));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}
