import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import type { OptionTable } from "../../../components/core/options/option-table.ts";
import { userOptions } from "../../../components/core/options/user-options.ts";
import { objectTypes } from "../../../components/plugin/object-types.ts";
import { readDescriptions } from "../../../packaging/descriptions.mts";
import { optionsPage, withReference } from "../../../packaging/option-reference.mts";

const root = resolve(import.meta.dirname, "../../..");
const descriptions = readDescriptions(root);
const page = readFileSync(join(root, optionsPage), "utf8");
const tables: readonly { readonly table: OptionTable; readonly documented: string }[] = [
  { table: userOptions, documented: "KubernetesUserArgs" },
  ...objectTypes,
];

describe("the reference in docs/options.md", () => {
  it("is what tables and docstrings say (npm run descriptions writes it)", () => {
    expect(withReference(page, { user: userOptions, objects: objectTypes, descriptions })).toBe(page);
  });

  it.each(tables)("has a row for each option of $documented, with its meaning", ({ table, documented }) => {
    const section = page.split(`\n### \`${documented}\`\n`)[1]?.split("\n### ")[0] ?? "";
    const rows = [...section.matchAll(/^\| `(\w+)` +\|.*\| +(\S.*?) +\|$/gm)].map(([, name]) => name);
    expect(rows).toEqual(Object.keys(table));
  });

  it.each(tables)("says what counts for an option of $documented that is not given", ({ table, documented }) => {
    const wrong = Object.entries(table).filter(([name, spec]) => {
      const documentedDefault = /Default: (.*)/.exec(descriptions[`${documented}.${name}`] ?? "")?.[1];
      return "default" in spec && documentedDefault?.includes(String(spec.default)) !== true;
    });
    expect(wrong.map(([name]) => name)).toEqual([]);
  });

  it("needs its marks", () => {
    expect(() => withReference("# Options\n", { user: {}, objects: [], descriptions: {} })).toThrow("has no line");
  });
});
