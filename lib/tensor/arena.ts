/** Memory for the values of one forward pass: taken piece by piece, all given back at once, never returned in between. */
import { wasmBackend } from "./heap.ts";

/** A growing piece of the heap. */
export interface Arena {
  /** The address of `floats` floats, theirs until `clear`; contents undefined. */
  take(floats: number): number;
  /** Everything taken is free again. */
  clear(): void;
  /** Gives the memory back to the heap. */
  dispose(): void;
}

/** Small values share a block of this many floats. */
const leastFloats = 1 << 16;

/** An empty arena in the running wasm backend's heap. */
export function arena(): Arena {
  const { wasm } = wasmBackend();
  let blocks: { start: number; floats: number }[] = [], used = 0;
  const free = () => blocks.forEach(({ start }) => wasm._free(start));
  const allocate = (floats: number) => {
    const start = wasm._malloc(4 * floats) >>> 0;
    if (start === 0) throw new Error(`The wasm backend has no memory left for ${floats} numbers.`);
    return { start, floats };
  };
  return {
    take(floats) {
      const wanted = (floats + 15) & ~15; // whole cache lines
      let block = blocks.at(-1);
      if (!block || used + wanted > block.floats) {
        block = allocate(Math.max(wanted, leastFloats));
        blocks.push(block);
        used = 0;
      }
      used += wanted;
      return block.start + 4 * (used - wanted);
    },
    clear() {
      used = 0;
      if (blocks.length < 2) return;
      // One block that holds what several did: from now on nothing is allocated for passes of this size.
      const floats = blocks.reduce((total, block) => total + block.floats, 0);
      free();
      blocks = [];
      blocks.push(allocate(floats));
    },
    dispose() {
      free();
      blocks = [];
      used = 0;
    },
  };
}
