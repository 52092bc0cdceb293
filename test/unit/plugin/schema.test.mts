import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { schemaOf } from "../../../components/plugin/schema.ts";
import { descriptionsFile, readDescriptions } from "../../../packaging/descriptions.mts";

const root = resolve(import.meta.dirname, "../../..");

it("x", () => {
  console.log(JSON.stringify(schemaOf({ version: "0.1.0" }), null, 1).slice(0, 6000));
  expect(JSON.parse(readFileSync(resolve(root, descriptionsFile), "utf8"))).toEqual(readDescriptions(root));
});
