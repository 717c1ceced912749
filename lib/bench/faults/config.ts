/** A BERT's configuration and vocabulary, edited by hand or taken from another model. */
import { join } from "node:path";
import type { Fault } from "./fault.ts";
import { trainOn, trainOnBroken, writeSound } from "./sound.ts";

/** Training from a folder in which one text file was changed. */
function text(file: string, name: string, change: (text: string) => string, ...expects: RegExp[]): Fault {
  return {
    group: "config",
    name,
    make: (place) =>
      trainOnBroken(place, async ({ bert }) => {
        const path = join(bert, file);
        await Deno.writeTextFile(path, change(await Deno.readTextFile(path)));
      }),
    expects,
  };
}

/** The same with fields of `config.json` changed; undefined takes one away. */
const fields = (name: string, changes: Record<string, unknown>, ...expects: RegExp[]): Fault =>
  text("config.json", name, (json) => JSON.stringify({ ...JSON.parse(json), ...changes }), ...expects);

const without = (file: string, ...expects: RegExp[]): Fault => ({
  group: "config",
  name: `no ${file}`,
  make: (place) => trainOnBroken(place, ({ bert }) => Deno.remove(join(bert, file))),
  expects,
});

/** The faults of this group. */
export const configFaults: Fault[] = [
  fields(
    "heads that do not divide the width",
    { num_attention_heads: 3 },
    /config\.json: num_attention_heads 3 does not divide hidden_size 8/,
  ),
  fields("0 layers", { num_hidden_layers: 0 }, /config\.json.*"num_hidden_layers" is 0/),
  fields(
    "more layers than the weights have",
    { num_hidden_layers: 3 },
    /config\.json says num_hidden_layers 3.*"encoder\.layer\.2\./,
  ),
  fields(
    "fewer layers than the weights have",
    { num_hidden_layers: 1 },
    /model\.safetensors.*"encoder\.layer\.1\..*1 layers/,
  ),
  fields("a vocabulary that differs from the weights", { vocab_size: 99 }, /config\.json says vocab_size 99/),
  fields("a vocabulary of a billion", { vocab_size: 1e9 }, /config\.json says vocab_size 1000000000/),
  fields("a width of a million", { hidden_size: 1e6 }, /config\.json says hidden_size 1000000/),
  fields("an activation that is not BERT's", { hidden_act: "relu" }, /config\.json.*"hidden_act" is "relu"/),
  fields(
    "positions that are not BERT's",
    { position_embedding_type: "relative_key" },
    /config\.json.*"position_embedding_type" is "relative_key"/,
  ),
  fields("another model", { model_type: "roberta" }, /config\.json.*"model_type" is "roberta"/),
  fields("a missing field", { hidden_size: undefined }, /config\.json.*"hidden_size" is missing/),
  fields("a text for a number", { vocab_size: "many" }, /config\.json.*"vocab_size" is "many"/),
  text("config.json", "a config that was cut short", (json) => json.slice(0, 40), /config\.json is not JSON/),
  text("config.json", "a config that is a list", () => "[]", /config\.json/),
  text(
    "vocab.txt",
    "more tokens than the model has",
    (vocab) => vocab + "one\nmore\n",
    /the vocabulary has 49 tokens, config\.json says vocab_size 47/,
  ),
  text(
    "vocab.txt",
    "a vocabulary without [CLS]",
    (vocab) => vocab.replace("[CLS]", "[cls]"),
    /vocab\.txt has no \[CLS\]/,
  ),
  text(
    "vocab.txt",
    "a token twice",
    (vocab) => vocab.replace("cat\n", "dog\n"),
    /vocab\.txt.*"dog" is there twice/,
  ),
  text("vocab.txt", "an empty vocabulary", () => "", /vocab\.txt is empty/),
  without("config.json", /config\.json cannot be read/),
  without("vocab.txt", /vocab\.txt/),
  {
    group: "config",
    name: "longer inputs than the model has positions",
    async make({ folder }) {
      return trainOn(await writeSound(folder), "sst-2", ["maxLength=33"]);
    },
    expects: [/maxLength.*33.*32/],
  },
];
