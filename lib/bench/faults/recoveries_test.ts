import assert from "node:assert/strict";
import { meetRecovery, recoveries } from "./recoveries.ts";

for (const recovery of recoveries) {
  Deno.test(`a download from ${recovery.name} ${recovery.refusal ? "is refused" : "comes whole"}`, async () => {
    const { complaints, recovered } = await meetRecovery(recovery);
    assert.deepEqual(complaints, []);
    assert.equal(recovered, recovery.refusal === undefined);
  });
}

Deno.test("meetRecovery tells of a file that did not come, one that came unasked for, and other requests", async () => {
  const missing = () => new Response("no", { status: 404 });
  const redirect = recoveries[0], { asks } = redirect;
  const gaveUp = await meetRecovery({ ...redirect, answer: missing });
  assert.deepEqual(gaveUp.complaints, [
    "it gives up",
    "the file is not there or another one",
    `it asks for ${asks[0]}`,
  ]);
  assert.equal(gaveUp.recovered, false);
  assert.match(
    gaveUp.said.join(),
    /127\.0\.0\.1:…\/glue\/data\/AX\.tsv cannot be fetched \(it answers 404\)/,
  );
  const came = await meetRecovery({ ...redirect, refusal: /never/ });
  assert.deepEqual(came.complaints, ["it does not say /never/", "it leaves a file"]);
});
