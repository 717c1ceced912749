/** Live progress on stderr: lines that are overwritten on a terminal, plain lines now and then elsewhere. */

import { type DownloadProgress, sizeText } from "../files/download.ts";

/** Where a stage is after a step. */
export interface StepProgress {
  stage: string;
  step: number;
  steps: number;
  loss: number;
  examplesPerSecond: number;
}

const plainEveryMs = 15_000, liveEveryMs = 100;

/** `75` -> `1:15`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** One line: run, stage, step, loss, speed, time left in this stage. */
export function progressLine(run: string, p: StepProgress, secondsPerStep: number | null): string {
  const left = secondsPerStep === null ? "?" : clock((p.steps - p.step) * secondsPerStep);
  return `${run}  ${p.stage}  step ${p.step}/${p.steps}  loss ${p.loss.toFixed(4)}  ${
    p.examplesPerSecond.toFixed(1)
  } examples/s  ${left} left`;
}

/** One line: file, bytes here and in all, speed, time left. */
export function downloadLine({ name, bytes, size, bytesPerSecond }: DownloadProgress): string {
  const share = `${name}  ${sizeText(bytes)} of ${sizeText(size)}`;
  if (!bytesPerSecond) return share;
  return `${share}  ${sizeText(bytesPerSecond)}/s  ${clock((size - bytes) / bytesPerSecond)} left`;
}

/**
 * A clock for the steps of one run: seconds per step of the stage that it is in, since that started or was resumed;
 * null at its first step.
 */
export function stepClock(now: () => number): (p: StepProgress) => number | null {
  let stage = "", started = 0, firstStep = 0;
  return (p) => {
    if (p.stage !== stage || p.step < firstStep) [stage, started, firstStep] = [p.stage, now(), p.step];
    return p.step > firstStep ? (now() - started) / 1000 / (p.step - firstStep) : null;
  };
}

/** Less than the terminal's, where nothing wraps or scrolls. */
function terminalSize(): { columns: number; rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: Math.max(1, columns - 1), rows: Math.max(1, rows - 1) };
  } catch {
    return { columns: 79, rows: 23 }; // of a terminal that does not tell
  }
}

/**
 * What to write to a terminal that shows `shown` lines, with the cursor at the end of the last one, so that it shows
 * `lines` in their place.
 */
export function overwriting(shown: number, lines: readonly string[]): string {
  const erase = shown > 0 ? "\r\x1b[2K" + "\x1b[1A\x1b[2K".repeat(shown - 1) : "";
  return erase + lines.join("\n");
}

/** A printer for `trainRun`, for several runs and for downloads. */
export function progressPrinter(now: () => number = () => performance.now()) {
  const terminal = Deno.stderr.isTerminal();
  const encoder = new TextEncoder();
  const write = (text: string) => Deno.stderr.writeSync(encoder.encode(text));
  let run = "", clockOfRun = stepClock(now);
  let lastStage = "", lastPrinted = -Infinity, lastShown = now();
  let shown = 0;
  const live = (...lines: string[]) => {
    const { columns, rows } = terminalSize();
    const fitting = lines.slice(-rows).map((line) => line.slice(0, columns)); // others could not be erased
    write(overwriting(shown, fitting));
    shown = fitting.length;
  };
  const endLine = () => live();
  return {
    step(name: string, p: StepProgress): void {
      if (name !== run) [run, clockOfRun] = [name, stepClock(now)];
      if (`${name} ${p.stage}` !== lastStage) {
        endLine();
        [lastStage, lastPrinted] = [`${name} ${p.stage}`, -Infinity];
      }
      const line = progressLine(name, p, clockOfRun(p));
      if (terminal) live(line);
      else if (p.step === p.steps || now() - lastPrinted >= plainEveryMs) {
        lastPrinted = now();
        console.error(line);
      }
      if (p.step === p.steps) endLine();
    },
    /** Passing lines, on a terminal only. */
    live(...lines: string[]): void {
      if (terminal) live(...lines);
    },
    /** On a terminal passing lines, drawn often; elsewhere printed now and then. `lines` is called when they are. */
    table(lines: () => string[]): void {
      if (now() - lastPrinted < (terminal ? liveEveryMs : plainEveryMs)) return;
      lastPrinted = now();
      if (terminal) live(...lines());
      else for (const line of lines()) console.error(line);
    },
    /** On a terminal a passing line; elsewhere a line now and then, and one when the file is there. */
    progress(p: DownloadProgress): void {
      if (p.bytes < p.size && now() - lastShown < (terminal ? liveEveryMs : plainEveryMs)) return;
      lastShown = now();
      if (terminal) live(downloadLine(p));
      else console.error(downloadLine(p));
    },
    note(text: string): void {
      endLine();
      console.error(text);
    },
  };
}
