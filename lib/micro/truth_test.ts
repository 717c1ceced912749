import assert from "node:assert/strict";
import { agreement, core, countedVerdict, meaning, place, relation, verdict } from "./truth.ts";

Deno.test("core drops the weather and the journeys, and keeps judgements that begin with 'it is'", () => {
  assert.equal(
    core("it rained at noon . it is true that the film is bad . we walked home ."),
    "it is true that the film is bad .",
  );
});

Deno.test("verdict: doubting that nobody likes a good film is no praise lost; concessions decide nothing", () => {
  assert.deepEqual(verdict("the film is good ."), { isPositive: true, operators: 0 });
  assert.deepEqual(
    verdict("critics doubt that nobody thinks that the film is good despite the bad cast ."),
    { isPositive: true, operators: 3 },
  );
  assert.deepEqual(
    verdict("it is not true that although the plot is great , the film is superb ."),
    { isPositive: false, operators: 2 },
  );
  assert.deepEqual(
    verdict(
      "although it is not true that the plot is great , fans deny that the film is superb " +
        "even though the cast is bad even though nobody thinks that the music is dull .",
    ),
    { isPositive: false, operators: 4 },
  );
});

Deno.test("countedVerdict counts what turns only a concession: one such is wrong, two cancel out", () => {
  const one = "even though nobody thinks that the cast is bad",
    text = `fans deny that the film is dull ${one}`;
  assert.equal(countedVerdict("fans deny that the film is dull despite the bad cast ."), true);
  assert.equal(countedVerdict(`${text} .`), false);
  assert.equal(verdict(`${text} .`).isPositive, true);
  assert.equal(countedVerdict(`${text} ${one} .`), true);
});

Deno.test("agreement: the dogs that the cat near the boys chases bark, and no other way", () => {
  assert.deepEqual(agreement("the dogs that the cat near the boys chases bark ."), {
    isAcceptable: true,
    depth: 1,
  });
  assert.equal(agreement("the dogs that the cat near the boys chase barks .").isAcceptable, false);
  assert.equal(agreement("the dogs that the cat near the boys chase bark .").isAcceptable, false);
});

Deno.test("relation: two steps down is entailed, two steps up contradicted, another chain neutral", () => {
  const premise = "bob outranks carl . anna outranks bob . dora outranks emil .";
  assert.deepEqual(relation(premise, "anna outranks carl ."), { label: "entailment", steps: 2 });
  assert.deepEqual(relation(premise, "carl outranks anna ."), { label: "contradiction", steps: 2 });
  assert.equal(relation(premise, "anna outranks emil .").label, "neutral");
  assert.equal(relation(premise, "anna outlives carl .").label, "neutral");
});

Deno.test("place: who joins somebody in paris is there; who visits somebody tired may be anywhere", () => {
  const story = "anna joins bob . bob is in paris . carl visits dora . dora is tired .";
  assert.deepEqual(place("anna", story), { place: "paris", steps: 1 });
  assert.deepEqual(place("carl", story), { place: null, steps: 1 });
  assert.deepEqual(place("bob", story), { place: "paris", steps: 0 });
});

Deno.test("meaning: passive, relative with a gap and a synonym say the same", () => {
  const helped = { role: "patient", deed: "helped", trait: "old", person: "teacher" };
  const called = { role: "agent", deed: "called", trait: "rich", person: "lawyer" };
  const same = [
    "the doctor that the aged instructor aided phoned the rich attorney .",
    "the doctor that was helped by the old teacher called the wealthy lawyer .",
  ];
  for (const text of same) {
    assert.deepEqual(meaning(text), { hero: "doctor", clauses: [helped, called] }, text);
  }
  const inverted = "it rained . the rich lawyer was called by the physician that the old teacher helped .";
  assert.deepEqual(meaning(inverted), { hero: "doctor", clauses: [called, helped] });
  assert.deepEqual(meaning("who is it that the old teacher helped and that called the rich lawyer ?"), {
    hero: null,
    clauses: [helped, called],
  });
  assert.equal(meaning("the old teacher helped the doctor .").clauses[0].role, "patient");
});
