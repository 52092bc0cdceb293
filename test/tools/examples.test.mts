import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { Example, examples } from "../engine/support/example.mts";

const programs = readdirSync(examples).filter((name) => existsSync(join(examples, name, "package.json")));

describe("the examples in TypeScript", () => {
  it("are found", () => {
    expect(programs).toEqual(expect.arrayContaining(["quickstart", "team"]));
  });

  it.each(programs)("%s compiles with its own tsconfig.json and the packages that it names", async (name) => {
    await using example = await Example.copy(name);
    expect(await example.run("npx tsc -p .")).toMatchObject({ exitCode: 0, stdout: "" });
  });
});
