import assert from "node:assert/strict";
import { InputError } from "../../errors.ts";
import { fillPage, type PageSources, strayNumbers } from "./blocks.ts";

const page = `# A
<!-- results/glue/tables/a.md -->
old
<!-- end -->
text <!-- data/paper/claims.tsv | speedUp | value -->[1.33](x)<!-- end -->× and
<!-- results/glue/tables/b.md -->
<!-- end -->
`;
const sources: PageSources = {
  textOf(path) {
    if (path.endsWith("a.md")) return "| [0](../runs/a.json) cost $1 $& $$ |\n";
    throw new InputError(`It shows ${path}, which is not there.`);
  },
  valueOf: (_, keys) => keys.join(),
};

Deno.test("fillPage puts each file's text into its block and each value as a link, and says what it could not fill", () => {
  const { text, problems } = fillPage(page, ".", sources);
  assert.equal(
    text,
    `# A
<!-- results/glue/tables/a.md -->

| [0](results/glue/runs/a.json) cost $1 $& $$ |

<!-- end -->
text <!-- data/paper/claims.tsv | speedUp | value -->[speedUp,value](data/paper/claims.tsv)<!-- end -->× and
<!-- results/glue/tables/b.md -->
<!-- end -->
`,
  );
  assert.deepEqual(problems, ["It shows results/glue/tables/b.md, which is not there."]);
  assert.equal(fillPage(text, ".", sources).text, text);
});

Deno.test("fillPage puts a table's named columns into a block that names them", () => {
  const textOf = () =>
    "Two of **one** kind.\n\n| Task | [Ours](../runs) | Paper |\n| --- | ---: | ---: |\n| RTE | 1 | 2 |\n";
  const [open, close] = ["<!-- results/glue/tables/a.md | Task | Ours -->\n", "<!-- end -->\n"];
  const { text, problems } = fillPage(open + close, ".", { ...sources, textOf });
  const shown = "\n**one**\n\n| Task | [Ours](results/glue/runs) |\n| --- | ---: |\n| RTE | 1 |\n\n";
  assert.deepEqual([text, problems], [open + shown + close, []]);
  assert.match(
    fillPage("<!-- a.md | Nothing -->\n" + close, ".", { ...sources, textOf }).problems[0],
    /no column/,
  );
});

Deno.test("fillPage of a page in a folder links from there", () => {
  const { text } = fillPage(page, "docs", sources);
  assert(text.includes("[0](../results/glue/runs/a.json)"));
  assert(text.includes("[speedUp,value](../data/paper/claims.tsv)"));
});

Deno.test("fillPage passes on what is no user's mistake", () => {
  const broken = { ...sources, textOf: () => assert.fail("a bug") };
  assert.throws(() => fillPage(page, ".", broken), /a bug/);
});

const stray = (prose: string) => strayNumbers(prose).map(({ text }) => text);

Deno.test("strayNumbers finds decimals, numbers with units and counts of counts in prose", () => {
  const measurements = [
    ...[
      "84.2",
      "99 %",
      "75%",
      "1.34×",
      "2x",
      "20 minutes",
      "3 s",
      "19 ms",
      "90 MB",
      "1.5 GB",
      "740 examples/s",
    ],
    ...["6 points", "100 of 100", "5.0 of 6", "12 times", "1e-3", "0.5"],
  ];
  for (const text of measurements) assert.deepEqual(stray(`so ${text} it is`), [text]);
  assert.deepEqual(strayNumbers("a\nb\nit took 13.7 minutes\n"), [{ line: 3, text: "13.7 minutes" }]);
});

Deno.test("strayNumbers leaves names, plain counts, code, links, filled values and chosen numbers alone", () => {
  const innocent =
    `Deno 2.9.6, Apache-2.0, section 4.4, Eq. 3-5, 12 layers, three seeds, float64 s, sha256 h, 4 layers x 32, R4, 2023.
\`beta=0.5\` [x](a-1.5.md) <!-- 3.5 --> <!-- chosen -->1.10<!-- end -->
<!-- data/paper/claims.tsv | speedUp | value -->[1.34](data/paper/claims.tsv)<!-- end -->×
<!-- results/glue/tables/a.md -->

| 84.2 |

<!-- end -->
\`\`\`sh
sleep 0.5
\`\`\`
`;
  assert.deepEqual(strayNumbers(innocent), []);
});
