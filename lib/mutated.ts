/** Damaged copies of a file, for tests of the readers: what disks, editors and cut connections do to bytes. */
import fc from "fast-check";

/** Bytes of `file` with one to four changes: a byte flipped, a part cut out, put in or doubled. */
export function mutated(file: Uint8Array): fc.Arbitrary<Uint8Array> {
  const place = fc.nat(file.length), piece = fc.uint8Array({ minLength: 1, maxLength: 8 });
  const change = fc.oneof(
    fc.tuple(place, fc.nat(255)).map(([at, value]) => (bytes: Uint8Array) => replaced(bytes, at, 1, [value])),
    fc.tuple(place, fc.nat(file.length)).map(([at, length]) => (bytes: Uint8Array) =>
      replaced(bytes, at, length, [])
    ),
    fc.tuple(place, piece).map(([at, put]) => (bytes: Uint8Array) => replaced(bytes, at, 0, put)),
    fc.tuple(place, fc.nat(40)).map(([at, length]) => (bytes: Uint8Array) =>
      replaced(bytes, at, 0, bytes.subarray(at, at + length))
    ),
    // What means something to a reader does more than any byte.
    fc.tuple(
      place,
      fc.constantFrom("\t", "\n", "\r", "\0", '"', "\uFEFF", "[", "{", "}", ":", ",", "9", "-", "e"),
    )
      .map(([at, text]) => (bytes: Uint8Array) => replaced(bytes, at, 0, new TextEncoder().encode(text))),
  );
  return fc.array(change, { minLength: 1, maxLength: 4 })
    .map((changes) => changes.reduce((bytes, apply) => apply(bytes), file));
}

function replaced(bytes: Uint8Array, at: number, length: number, put: ArrayLike<number>): Uint8Array {
  return Uint8Array.from([...bytes.subarray(0, at), ...Array.from(put), ...bytes.subarray(at + length)]);
}
