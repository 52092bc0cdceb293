import fc from "fast-check";
import { parse, parseDocument } from "yaml";
import { asciiOptions, formatYaml, isPlain, quoteScalars } from "../../../../components/core/kubeconfig/yaml-writer";
import { hostileNames } from "../../support/hostile-names";

describe("formatYaml", () => {
  it("writes plain texts as they are, and a nested list below its key", () => {
    expect(
      formatYaml({ kind: "Config", clusters: [{ name: "prod", cluster: { server: "https://a.test:6443" } }] }),
    ).toBe("kind: Config\nclusters:\n  - name: prod\n    cluster:\n      server: https://a.test:6443\n");
  });

  it.each(hostileNames)("writes %j in ASCII, in one line, and YAML 1.1 and 1.2 read it alike", (name) => {
    const value = { name, [name]: [name], last: true };
    const text = formatYaml(value);
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    expect(text.split("\n").at(-2)).toBe("last: true");
    for (const version of ["1.1", "1.2"] as const) {
      expect(Object.entries(parse(text, { version }) as object)).toEqual(Object.entries(value));
    }
  });

  it("writes any content in ASCII, and it can be read back", () => {
    const text = fc.string({ unit: "binary" });
    const content = fc.dictionary(text, fc.oneof(text, fc.boolean(), fc.integer(), fc.array(text, { maxLength: 3 })));
    fc.assert(
      fc.property(content, (content) => {
        const written = formatYaml(content);
        expect(written).toMatch(/^[\x20-\x7e\n]*$/);
        expect(Object.entries(parse(written) as object)).toEqual(Object.entries(content));
      }),
    );
  });

  it("writes characters beyond U+FFFF as one escape, because Go refuses halves of them", () => {
    expect(formatYaml({ a: "🦊\u{e0041}" })).toBe('a: "\\U0001f98a\\U000e0041"\n');
  });

  it("writes what stands in two places twice, without an alias", () => {
    const shared = { a: 1 };
    expect(formatYaml({ one: shared, two: shared })).toBe("one:\n  a: 1\ntwo:\n  a: 1\n");
  });
});

describe("quoteScalars", () => {
  it("changes those texts alone of which it is told", () => {
    const document = parseDocument("# it's zoë\na: 'one'\nb: \"two\\u2028\"\n", asciiOptions);
    quoteScalars(document, (text) => text.includes("\u2028"));
    expect(document.toString()).toBe("# it's zoë\na: 'one'\nb: \"two\\u2028\"\n");
  });
});

describe("isPlain", () => {
  it.each(["jane@prod", "https://prod.test:6443/a", "LS0tLS1CRUdJTg==", "two words", "v1", "a:b"])(
    "takes %j for a text to every parser",
    (text) => {
      expect(isPlain(text)).toBe(true);
    },
  );

  it.each(["", "No", "y", "NULL", "012", "1:30", "a: b", "a:", "a #b", "-", "<<", "=", ".inf", "a ", "zoë"])(
    "does not take %j for one",
    (text) => {
      expect(isPlain(text)).toBe(false);
    },
  );
});
