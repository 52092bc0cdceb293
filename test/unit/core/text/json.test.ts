import { canonicalJson, parseJson } from "../../../../components/core/text/json";

describe("canonicalJson", () => {
  it("is one text whatever the order of the keys, at any depth", () => {
    const text = '{"a":[{"c":1,"d":null},"x"],"b":{"e":true,"f":2}}';
    expect(canonicalJson({ b: { f: 2, e: true }, a: [{ d: null, c: 1 }, "x"] })).toBe(text);
    expect(canonicalJson({ a: [{ c: 1, d: null }, "x"], b: { e: true, f: 2 } })).toBe(text);
  });

  it("keeps the order of a list, which is part of its content", () => {
    expect(canonicalJson(["b", "a"])).toBe('["b","a"]');
  });

  it("sorts more keys than two", () => {
    expect(canonicalJson({ c: 1, a: 2, d: 3, b: 4 })).toBe('{"a":2,"b":4,"c":1,"d":3}');
  });
});

describe("parseJson", () => {
  it("says what is in a text, and of one that is no JSON nothing", () => {
    expect(parseJson('{"a":[1,null]}')).toEqual({ a: [1, null] });
    expect(parseJson("null")).toBeNull();
    expect(parseJson("<html>")).toBeUndefined();
    expect(parseJson("")).toBeUndefined();
  });
});
