/** A malformed thing as data: how it is made, which command meets it, and what that command has to say. */

/** A folder of its own for each fault. */
export interface Place {
  folder: string;
  /** Where the command writes its results (`DPB_RESULTS`); not there yet. */
  results: string;
}

/** A command as a user types it, without `deno task`. */
export interface Command {
  argv: string[];
  /** On top of an environment whose only `DPB_*` are `DPB_RESULTS` and `DPB_BACKEND=wasm`. */
  env?: Record<string, string>;
  /** What only a process can be given. */
  process?: {
    /** The whole command line, e.g. in a shell with a limit; by default the command as it is. */
    wrapped?(command: string[]): string[];
    /** The entry instead of the project's `lib/cli/main.ts`. */
    entry?: string;
    /** Options of `deno run`. */
    options?: string[];
  };
  /** Ends what was started for it, e.g. a server. */
  over?(): Promise<void>;
}

/** The kinds of thing that can be malformed, in the order of the page. */
export const groups = [
  "TSV",
  "safetensors",
  "config",
  "recipe",
  "record",
  "notebook",
  "environment",
  "download",
] as const;

/** One malformed thing. */
export interface Fault {
  group: typeof groups[number];
  name: string;
  /** Prepares the place; null where this machine cannot be given the fault. */
  make(place: Place): Promise<Command | null> | Command | null;
  /** What the message must name. */
  expects: RegExp[];
  /** Files of the results that may be left: whole, and of use. */
  leaves?: RegExp;
  /** Why it is met by processes only, not by the tests inside one. */
  processOnly?: string;
}

/** What came of it. */
export interface Outcome {
  /** Null when it did not end. */
  code: number | null;
  /** All of stderr. */
  said: string;
  /** Files that are new or changed, relative to the place. */
  left: string[];
}
