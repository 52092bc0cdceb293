import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

import { parseRequest } from "../../../components/core/csr/certification-request";

const examples = resolve(__dirname, "../../../examples");

describe.each([
  ["bring-your-own-request", "jane"],
  ["fresh", "mia"],
])("examples/%s", (example, username) => {
  it(`brings a request of ${username}, and the key of nobody`, () => {
    const request = readFileSync(join(examples, example, `${username}.csr`), "utf8");
    expect(parseRequest(request)).toMatchObject({ username, groups: ["developers"] });
    const files = readdirSync(join(examples, example), { withFileTypes: true }).filter((entry) => entry.isFile());
    const texts = files.map(({ name }) => readFileSync(join(examples, example, name), "utf8"));
    expect(texts.filter((text) => text.includes("PRIVATE KEY"))).toEqual([]);
  });
});
