/**
 * The kinds of import that are forbidden (lib/README.md, "rooms"), and cycles of rooms, folders and files. Imports are
 * read by Deno itself (`deno info --json`), so comments, texts and type imports are told apart as the compiler does.
 */
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { InputError } from "../errors.ts";

/** One import in a file of lib. */
export interface Edge {
  /** Path below the project, for example `lib/bert/encoder.ts`. */
  file: string;
  /** Counted from 1. */
  line: number;
  /** As written. */
  specifier: string;
  /** Path below the project for an own file, else what the import map makes of the specifier. */
  target: string;
  dynamic: boolean;
}

/** An import that breaks a rule. */
export interface Refusal extends Edge {
  rule: string;
}

/** All imports of the TypeScript files below `<root>/lib`, tests included. Throws `InputError` if Deno cannot read them. */
export async function readEdges(root: string): Promise<Edge[]> {
  const files = await typescriptFiles(join(root, "lib"));
  const folder = await Deno.makeTempDir({ prefix: "dpbert-edges-" });
  try {
    const entry = join(folder, "all.ts");
    await Deno.writeTextFile(entry, files.map((file) => `import "${pathToFileURL(file)}";\n`).join(""));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "info",
        "--json",
        "--no-lock",
        "--no-npm",
        "--no-remote",
        "--config",
        join(root, "deno.json"),
        entry,
      ],
      env: { NO_COLOR: "1" },
    }).output();
    if (!success) {
      throw new InputError(`Cannot read the imports of ${root}/lib: ${new TextDecoder().decode(stderr)}`);
    }
    const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: Module[] };
    return modules.flatMap((module) => moduleEdges(module, root)).filter(({ file }) =>
      file.startsWith("lib/")
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Module {
  specifier: string;
  dependencies?: {
    specifier: string;
    code?: Resolved;
    type?: Resolved;
    isDynamic?: boolean;
  }[];
}

interface Resolved {
  specifier?: string;
  span: { start: { line: number } };
}

function moduleEdges(module: Module, root: string): Edge[] {
  const path = (specifier: string) =>
    specifier.startsWith("file:")
      ? relative(root, fileURLToPath(specifier)).replaceAll("\\", "/")
      : specifier;
  return (module.dependencies ?? []).map(({ specifier, code, type, isDynamic }) => {
    const resolved = code ?? type!;
    return {
      file: path(module.specifier),
      line: resolved.span.start.line + 1,
      specifier,
      target: path(resolved.specifier ?? specifier),
      dynamic: isDynamic ?? false,
    };
  });
}

async function typescriptFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) files.push(...await typescriptFiles(path));
    else if (entry.name.endsWith(".ts")) files.push(path);
  }
  return files.sort();
}

/** The imports that break a rule, in the order of the rules. Tests are bound by the first rule only. */
export function refusedEdges(edges: Edge[]): Refusal[] {
  const own = edges.filter((edge) => !edge.file.endsWith("_test.ts"));
  const fixed = own.filter((edge) => !(edge.dynamic && edge.file === "lib/cli/main.ts"));
  // What forms a cycle over several rooms, or folders, makes those one, which is named there.
  const inRoom = fixed.filter(({ file, target }) => roomOf(file) === roomOf(target));
  const inFolder = inRoom.filter(({ file, target }) => placeInRoom(file) === placeInRoom(target));
  return [
    ...tensorRule(edges),
    ...modelRules(own),
    ...reportRule(own),
    ...cycleRule("rooms", roomOf, fixed),
    ...cycleRule("files and folders of a room", placeInRoom, inRoom),
    ...cycleRule("files of a folder", (path) => path, inFolder),
  ];
}

/** The first folder below lib, "lib" for files directly in it (they count as one room), "" for everything else. */
export function roomOf(path: string): string {
  const parts = path.split("/");
  if (parts[0] !== "lib") return "";
  return parts.length === 2 ? "lib" : parts[1];
}

/** The folder of its room that a file lies in, at any depth; the file itself where it lies in none. */
const placeInRoom = (path: string): string => path.split("/").slice(0, 3).join("/");

function tensorRule(edges: Edge[]): Refusal[] {
  return edges.filter(({ file, target, specifier }) =>
    roomOf(file) !== "tensor" && [target, specifier].some((name) => /^(npm:\/?)?@tensorflow\//.test(name))
  ).map((edge) => ({ ...edge, rule: "only lib/tensor imports tfjs" }));
}

function modelRules(edges: Edge[]): Refusal[] {
  return edges.flatMap((edge) => {
    const [from, to] = [roomOf(edge.file), roomOf(edge.target)];
    if (from === "bert" && to === "methods") return [{ ...edge, rule: "lib/bert knows no method" }];
    const allowed = to === "" || to === "train" || to === "tensor" || edge.target === "lib/errors.ts";
    if (from === "train" && !allowed) {
      return [{ ...edge, rule: "lib/train imports only lib/tensor and lib/errors.ts" }];
    }
    return [];
  });
}

/** Follows the imports of report's files; the refused edge is the one in report that leads to the model. */
function reportRule(edges: Edge[]): Refusal[] {
  const forbidden = new Set(["tensor", "bert", "train", "methods"]);
  const next = Map.groupBy(edges, (edge) => edge.file);
  const wayToModel = (target: string, seen: Set<string>): string[] | undefined => {
    if (forbidden.has(roomOf(target))) return [target];
    if (seen.has(target)) return undefined;
    seen.add(target);
    for (const edge of next.get(target) ?? []) {
      const way = wayToModel(edge.target, seen);
      if (way) return [target, ...way];
    }
    return undefined;
  };
  return edges.filter((edge) => roomOf(edge.file) === "report" && roomOf(edge.target) !== "report").flatMap(
    (edge) => {
      const way = wayToModel(edge.target, new Set());
      return way
        ? [{ ...edge, rule: `lib/report reaches nothing that trains or runs a model (${way.join(" -> ")})` }]
        : [];
    },
  );
}

/** Every import between two places (`what`: rooms, folders or files) that can reach each other; `placeOf` says where a path is. */
function cycleRule(what: string, placeOf: (path: string) => string, edges: Edge[]): Refusal[] {
  const between = edges.map((edge) => ({ edge, from: placeOf(edge.file), to: placeOf(edge.target) }))
    .filter(({ from, to }) => to !== "" && from !== to);
  const next = Map.groupBy(between, ({ from }) => from);
  const wayBack = (from: string, goal: string, seen: Set<string>): string[] | undefined => {
    if (from === goal) return [from];
    if (seen.has(from)) return undefined;
    seen.add(from);
    for (const { to } of next.get(from) ?? []) {
      const way = wayBack(to, goal, seen);
      if (way) return [from, ...way];
    }
    return undefined;
  };
  return between.flatMap(({ edge, from, to }) => {
    const way = wayBack(to, from, new Set());
    return way ? [{ ...edge, rule: `${what} form no cycle (${[from, ...way].join(" -> ")})` }] : [];
  });
}

/** One line: file, line, import, rule. */
export function refusalLine({ file, line, specifier, rule }: Refusal): string {
  return `${file}:${line} imports "${specifier}": ${rule}.`;
}
