import { isBase64, resolvePlain, resolveTagged, shortTag } from "../../../../components/core/kubeconfig/go-scalars";

describe("resolvePlain", () => {
  it.each([
    ["", null],
    ["~", null],
    ["null", null],
    ["Null", null],
    ["NULL", null],
    ["nULL", "nULL"],
    ["yes", true],
    ["Off", false],
    ["oN", "oN"],
    ["00123", 83],
    ["08", 8],
    ["-0x1F", -31],
    ["0o17", 15],
    ["0b101", 5],
    ["1_000", 1000],
    ["_1", "_1"],
    [".5", 0.5],
    [".5_0", ".5_0"],
    ["1.", 1],
    ["1.25", 1.25],
    ["-.25", -0.25],
    ["1e3", 1000],
    ["1e+10", 1e10],
    ["1e", "1e"],
    ["1e999", "1e999"],
    ["-.inf", -Infinity],
    [".nan", NaN],
    ["0xFFFFFFFFFFFFFFFF", 2 ** 64],
    ["0xFFFFFFFFFFFFFFFFF", "0xFFFFFFFFFFFFFFFFF"],
    ["0x10000000000000000", "0x10000000000000000"],
    ["0x10000000000000001", "0x10000000000000001"],
    ["99999999999999999999", 1e20],
    ["2026-01-31", "2026-01-31"],
    ["12:30:45", "12:30:45"],
    ["1.2.3", "1.2.3"],
    ["0x", "0x"],
    ["+", "+"],
    ["constructor", "constructor"],
  ])("takes %j for %p", (text, expected) => {
    expect(resolvePlain(text)).toBe(expected);
  });
});

describe("resolveTagged", () => {
  it.each([
    ["!!str", "00123", "00123"],
    ["!!int", "5", 5],
    ["!!int", "word", undefined],
    ["!!int", "1.5", undefined],
    ["!!float", "5", 5],
    ["!!float", "word", undefined],
    ["!!bool", "on", true],
    ["!!bool", "1", undefined],
    ["!!null", "~", null],
    ["!!null", "0", undefined],
    ["!!timestamp", "2026-01-31", "2026-01-31"],
    ["!!timestamp", "word", undefined],
    ["!!timestamp", "on 2026-01-31", undefined],
    ["!!binary", "aGFsbG8=", "hallo"],
    ["!!binary", "***", undefined],
    ["!custom", "5", "5"],
  ])("takes %s %j for %p", (tag, text, expected) => {
    expect(resolveTagged(tag, text)).toBe(expected);
  });

  it("has YAML's tags in their short form", () => {
    expect(shortTag("tag:yaml.org,2002:int")).toBe("!!int");
    expect(shortTag("!mine")).toBe("!mine");
    expect(shortTag("!tag:yaml.org,2002:int")).toBe("!tag:yaml.org,2002:int");
  });
});

describe("isBase64", () => {
  it.each(["", "YQ==", "YWI=", "YWJj", "YW\nJj\r\n", "Yh=="])("takes %j", (text) => {
    expect(isBase64(text)).toBe(true);
  });

  it.each(["Y", "YQ", "YQ=", "YQ== ", " YQ==", "Y Q=", "YQ===", "=", "====", "_-_-", "YQ==YQ=="])(
    "refuses %j",
    (text) => {
      expect(isBase64(text)).toBe(false);
    },
  );
});
