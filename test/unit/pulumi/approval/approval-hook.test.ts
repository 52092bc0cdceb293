import { denial } from "../../../../components/pulumi/approval/approval-hook";

describe("denial", () => {
  it.each<[unknown, string]>([
    [new Error("not on a Friday"), "denied: not on a Friday"],
    ["not on a Saturday", "denied: not on a Saturday"],
    [new Error(" "), "denied: the hook gave no reason"],
    [undefined, "denied: the hook gave no reason"],
  ])("of %p has a message", (thrown, message) => {
    expect(denial(thrown).message).toBe(message);
  });

  it("commands nothing, whatever the hook quotes, and keeps its lines", () => {
    const { message } = denial(new Error("asks for\n::error::a\u001b[2J\n##vso[b]\u202e"));
    expect(message).toBe("denied: asks for\n\\u{3a}:error::a\\u{1b}[2J\n\\u{23}#vso[b]\\u{202e}");
  });
});
