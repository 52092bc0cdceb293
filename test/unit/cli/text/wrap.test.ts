import { columnsOf, wrap } from "../../../../cli/text/wrap";

describe("wrap", () => {
  it.each([
    ["", 3, [""]],
    ["abc", 3, ["abc"]],
    ["abcd", 3, ["abc", "d"]],
    ["a b c d", 3, ["a b", " c ", "d"]],
    ["日本語", 4, ["日本", "語"]],
    // One character to whoever reads it, however many code points it has.
    ["ae\u0301o", 3, ["ae\u0301", "o"]],
    // What is wider than the line has a line of its own.
    ["日a", 1, ["日", "a"]],
  ])("%j in %i columns is %j", (text, columns, lines) => {
    expect(wrap(text, columns)).toEqual(lines);
  });

  it("counts two columns for what may take two", () => {
    expect(["abc", "日本", "é", ""].map(columnsOf)).toEqual([3, 4, 2, 0]);
  });
});
