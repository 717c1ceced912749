/** Commands, options and variables that name what is not there. */
import { join } from "node:path";
import type { Command, Fault, Place } from "./fault.ts";
import { trainOn, writeSound } from "./sound.ts";

const train = ["train", "--profile", "smoke", "--task", "sst-2", "--method", "bert"];

/** A command in an environment. */
function given(name: string, env: Record<string, string>, argv: string[], ...expects: RegExp[]): Fault {
  return { group: "environment", name, make: () => ({ argv, env }), expects };
}

const typed = (name: string, argv: string[], ...expects: RegExp[]) => given(name, {}, argv, ...expects);

/** Training on GLUE's files with one of the two folders named differently. */
function folders(
  name: string,
  change: (env: Record<string, string>) => Record<string, string>,
  ...expects: RegExp[]
) {
  const make = async ({ folder }: Place): Promise<Command> => {
    const { argv, env } = trainOn(await writeSound(folder));
    return { argv, env: change(env!) };
  };
  return { group: "environment", name, make, expects } satisfies Fault;
}

/** A command on a saved model, with GLUE's files there. */
function withModel(name: string, [command, ...args]: string[], ...expects: RegExp[]): Fault {
  const make = async ({ folder }: Place): Promise<Command> => {
    const { bert, glue } = await writeSound(folder, command === "evaluate" ? "rte" : undefined);
    return { argv: [command, "--run", bert, ...args], env: { DPB_GLUE_DIR: glue } };
  };
  return { group: "environment", name, make, expects };
}

/** Faults of the environment that a user types. */
export const settingsFaults: Fault[] = [
  typed("a command that does not exist", ["trian"], /"trian".*train/),
  typed("a command that every object has", ["toString"], /"toString".*train/),
  typed("no command", [], /No command/),
  typed("an option that does not exist", [...train, "--sede", "1"], /--sede/),
  typed("a task that does not exist", ["train", "--profile", "smoke", "--task", "mrcp"], /"mrcp".*mrpc/),
  typed(
    "a task without public labels",
    ["train", "--profile", "smoke", "--task", "ax"],
    /"ax".*cannot be trained/,
  ),
  typed("no task", ["train", "--profile", "smoke"], /--task/),
  typed("a method that does not exist", [...train.slice(0, -1), "bart"], /"bart".*dpbert/),
  typed("a method of every object", [...train.slice(0, -1), "constructor"], /"constructor".*dpbert/),
  typed(
    "a method on a task that it cannot do",
    ["train", "--profile", "smoke", "--task", "sts-b", "--method", "deebert"],
    /deebert leaves by the entropy.*leave STS-B out/,
  ),
  typed("a seed that is no number", [...train, "--seed", "one"], /--seed one/),
  typed(
    "a seed beyond any number",
    [...train, "--seed", "99999999999999999999"],
    /--seed 99999999999999999999/,
  ),
  typed(
    "a method that cannot be reproduced",
    ["reproduce", "--methods", "bert,bart"],
    /"bart".*--methods/,
  ),
  typed("tasks that do not exist", ["reproduce", "--tasks", "mrpc,mrcp"], /--tasks "mrpc,mrcp".*sts-b/),
  typed(
    "a model that is not there",
    ["predict", "--run", "/no/model", "--text", "it was good ."],
    /"\/no\/model" does not exist/,
  ),
  typed("no model", ["predict", "--text", "it was good ."], /--run/),
  typed("a front end that does not exist", ["reproduce", "--via", "colab"], /colab/),
  typed("kills that are no number", ["bench", "--faults", "--kills", "many"], /--kills many/),
  typed("a limit that is no number", ["reproduce", "--cell-minutes", "soon"], /--cell-minutes soon/),
  withModel("an empty text", ["predict", "--text", " "], /empty sentence/),
  withModel("a split that does not exist", ["evaluate", "--task", "sst-2", "--split", "val"], /"val"/),
  withModel("a task of other labels", ["evaluate", "--task", "rte", "--split", "dev"], /no, yes/),
  typed("weights that are not known", ["setup", "--weights", "bert-huge"], /"bert-huge".*minilm/),
  given("a variable that does not exist", { DPB_PROFIL: "glue" }, train, /DPB_PROFIL="glue"/),
  given("a profile that does not exist", { DPB_PROFILE: "big" }, ["reproduce"], /DPB_PROFILE="big"/),
  given("a profile to come", { DPB_PROFILE: "paper" }, ["reproduce"], /DPB_PROFILE="paper"/),
  given("seeds that are no numbers", { DPB_SEEDS: "a,b" }, ["reproduce"], /DPB_SEEDS="a,b"/),
  given("a seed twice", { DPB_SEEDS: "1,1" }, ["reproduce"], /DPB_SEEDS="1,1"/),
  given("a backend that does not exist", { DPB_BACKEND: "cuda" }, train, /DPB_BACKEND="cuda".*webgpu/),
  given("a BLAS that is no path", { DPB_BLAS: "openblas" }, train, /DPB_BLAS="openblas"/),
  given(
    "a BLAS that is no library",
    { DPB_BLAS: "/dev/null" },
    train,
    /DPB_BLAS.*"\/dev\/null"/,
  ),
  given("a mirror that is no web address", { DPB_MIRROR: "ftp://mirror.example" }, train, /DPB_MIRROR="ftp:/),
  given(
    "a GLUE folder that is not there",
    { DPB_GLUE_DIR: "/no/glue" },
    ["reproduce", "--profile", "glue"],
    /DPB_GLUE_DIR.*"\/no\/glue"/,
  ),
  folders(
    "a GLUE folder without the task",
    (env) => ({ ...env, DPB_GLUE_DIR: join(env.DPB_GLUE_DIR, "SST-2") }),
    /SST-2\/train\.tsv .*is missing/,
  ),
  folders("a BERT folder that is not there", (env) => ({ ...env, DPB_BERT_DIR: "/no/bert" }), /\/no\/bert/),
  folders(
    "no weights and no network allowed",
    ({ DPB_GLUE_DIR }) => ({ DPB_GLUE_DIR, DPB_OFFLINE: "1", HF_HOME: join(DPB_GLUE_DIR, "..") }),
    /all-MiniLM-L6-v2.*setup --weights minilm/,
  ),
];
