import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

import { parseRequest } from "../../../components/core/csr/certification-request";

const example = resolve(__dirname, "../../../examples/bring-your-own-request");

describe("examples/bring-your-own-request", () => {
  it("brings a request of jane, and the key of nobody", () => {
    expect(parseRequest(readFileSync(join(example, "jane.csr"), "utf8"))).toMatchObject({
      username: "jane",
      groups: ["developers"],
    });
    const files = readdirSync(example, { withFileTypes: true }).filter((entry) => entry.isFile());
    const texts = files.map(({ name }) => readFileSync(join(example, name), "utf8"));
    expect(texts.filter((text) => text.includes("PRIVATE KEY"))).toEqual([]);
  });
});
