/** Live progress on stderr: one line that is overwritten on a terminal, plain lines now and then elsewhere. */

import { type DownloadProgress, sizeText } from "../download.ts";

interface StepProgress {
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

/** A printer for `trainRun` and for downloads; the time left comes from this stage's own steps since it started or resumed. */
export function progressPrinter(now: () => number = () => performance.now()) {
  const terminal = Deno.stderr.isTerminal();
  const encoder = new TextEncoder();
  let stage = "", started = 0, firstStep = 0, lastPrinted = -Infinity, lastShown = now(), open = false;
  const live = (text: string) => {
    Deno.stderr.writeSync(encoder.encode(`\r\x1b[2K${text.slice(0, 100)}`));
    open = true;
  };
  const endLine = () => {
    if (open) Deno.stderr.writeSync(encoder.encode("\r\x1b[2K"));
    open = false;
  };
  return {
    step(run: string, p: StepProgress): void {
      if (`${run} ${p.stage}` !== stage) {
        endLine();
        [stage, started, firstStep, lastPrinted] = [`${run} ${p.stage}`, now(), p.step, -Infinity];
      }
      const perStep = p.step > firstStep ? (now() - started) / 1000 / (p.step - firstStep) : null;
      const line = progressLine(run, p, perStep);
      if (terminal) {
        Deno.stderr.writeSync(encoder.encode(`\r\x1b[2K${line}`));
        open = true;
      } else if (p.step === p.steps || now() - lastPrinted >= plainEveryMs) {
        lastPrinted = now();
        console.error(line);
      }
      if (p.step === p.steps) endLine();
    },
    /** A passing line, on a terminal only. */
    live(text: string): void {
      if (terminal) live(text);
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
