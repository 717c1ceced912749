/** Which runs an experiment wants, and which of them have no record yet. Numbers and names only; nothing runs here. */
import type { RunKey } from "../records/record.ts";
import { settingSlug } from "../records/store.ts";

/** One run that is wanted. */
export interface RunRequest {
  profile: string;
  task: string;
  method: string;
  /** The `--set` overrides. */
  settings: Record<string, string | number | boolean>;
  seed: number;
}

/** A method with the overrides it is run under. */
export interface MethodRequest {
  method: string;
  settings?: Record<string, string | number | boolean>;
  /** The only tasks that it is for; all unless said otherwise. */
  tasks?: readonly string[];
}

/** Every combination of tasks, methods and seeds. */
export interface Grid {
  profile: string;
  tasks: readonly string[];
  methods: readonly MethodRequest[];
  seeds: readonly number[];
}

/**
 * The runs of `grid`: seed by seed, within a seed task by task, so that every row of a table has its first number
 * early. Methods keep their order, so `bert`, whose weights the others start from, belongs first.
 */
export function runsOf(grid: Grid): RunRequest[] {
  return grid.seeds.flatMap((seed) =>
    grid.tasks.flatMap((task) =>
      grid.methods.filter(({ tasks }) => tasks?.includes(task) ?? true).map(({ method, settings }) => ({
        profile: grid.profile,
        task,
        method,
        settings: settings ?? {},
        seed,
      }))
    )
  );
}

/** The name of the run that `request` asks for. Throws `InputError` for overrides that cannot name a file. */
export function keyOf(request: RunRequest): RunKey {
  const { profile, task, method, settings, seed } = request;
  return { profile, task, method, setting: settingSlug(settings), seed };
}

/** The requests that none of `found`, records or timings, answers; in their order. */
export function missingRuns(requests: readonly RunRequest[], found: readonly RunKey[]): RunRequest[] {
  const done = new Set(found.map(identityOf));
  return requests.filter((request) => !done.has(identityOf(keyOf(request))));
}

function identityOf({ profile, task, method, setting, seed }: RunKey): string {
  return JSON.stringify([profile, task, method, setting, seed]);
}
