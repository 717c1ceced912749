/** All faults, in the order of the page. */
import { configFaults } from "./config.ts";
import { downloadFaults } from "./downloads.ts";
import type { Fault } from "./fault.ts";
import { machineFaults } from "./machine.ts";
import { notebookFaults } from "./notebook.ts";
import { recipeFaults } from "./recipe.ts";
import { recordFaults } from "./record.ts";
import { safetensorsFaults } from "./safetensors.ts";
import { settingsFaults } from "./settings.ts";
import { tsvFaults } from "./tsv.ts";

export const faults: readonly Fault[] = [
  ...tsvFaults,
  ...safetensorsFaults,
  ...configFaults,
  ...recipeFaults,
  ...recordFaults,
  ...notebookFaults,
  ...settingsFaults,
  ...machineFaults,
  ...downloadFaults,
];
