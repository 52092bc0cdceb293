import { codeBlocksIn, proseIn } from "../../../packaging/code-blocks.mts";

describe("the code blocks of a Markdown text", () => {
  it.each([
    ["# A\n\n```sh\none\n  two\n```\n", [{ line: 4, language: "sh", code: "one\n  two\n" }]],
    ["1. In a list:\n\n   ```sh\n   one\n     two\n   ```\n", [{ line: 4, language: "sh", code: "one\n  two\n" }]],
    ['```sh title="a"\none\n```  \n', [{ line: 2, language: "sh", code: "one\n" }]],
    ["~~~sh\n```\n~~~\n", [{ line: 2, language: "sh", code: "```\n" }]],
    ["````md\n```sh\n```\n````\n", [{ line: 2, language: "md", code: "```sh\n```\n" }]],
    [
      "```\n```\n```ts\n```\n",
      [
        { line: 2, language: "", code: "" },
        { line: 4, language: "ts", code: "" },
      ],
    ],
    ["Inline ```code``` only\n", []],
  ])("are found in %j", (text, blocks) => {
    expect(codeBlocksIn(text)).toEqual(blocks);
  });

  it("are not among its prose", () => {
    expect(proseIn("# A\n```sh\n# B\n```\nC\n")).toBe("# A\nC\n");
  });

  it.each([
    ["```sh\none\n", "line 1: the code block does not end"],
    ["> ```sh\n> one\n> ```\n", "line 1: a code block begins on a line of its own, got > ```sh"],
    ["A\n- ```sh\n  one\n  ```\n", "line 2: a code block begins on a line of its own, got - ```sh"],
  ])("are never overlooked: %j", (text, message) => {
    expect(() => codeBlocksIn(text)).toThrow(message);
  });
});
