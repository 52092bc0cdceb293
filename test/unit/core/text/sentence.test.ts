import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { sentence, withoutStop } from "../../../../components/core/text/sentence";

describe("texts of others in sentences of ours", () => {
  it.each([
    ["not in this team", "not in this team", "not in this team."],
    ["not in this team.", "not in this team", "not in this team."],
    ["not here. \n", "not here", "not here."],
    ["since v1.2 only", "since v1.2 only", "since v1.2 only."],
    ["No. Ask again", "No. Ask again", "No. Ask again."],
    ["really?", "really?", "really?"],
    ["(Did you mean --yes?)", "(Did you mean --yes?)", "(Did you mean --yes?)"],
    ["to be continued...", "to be continued", "to be continued..."],
    ["", "", "."],
  ])("%j is %j within one and %j by itself", (text, within, byItself) => {
    expect(withoutStop(text)).toBe(within);
    expect(sentence(text)).toBe(byItself);
  });

  /** All places where a text that is not ours is followed by a full stop of ours. */
  it("no source puts a full stop behind a message or a reason as it came", () => {
    const sources = ["cli", "components"].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(".ts"))
        .map((path) => join(folder, path)),
    );
    const found = sources.flatMap((path) =>
      Array.from(
        readFileSync(path, "utf8").matchAll(/\$\{[^{}]*\b(?:message|reason|said|shown)\b[^{}]*\}\)?\.(?!\w).*/g),
      )
        .map(([text]) => `${path}: ${text}`)
        .filter((text) => !/\$\{(?:withoutStop|sentence)\(/.test(text)),
    );
    expect(found).toEqual([]);
    expect(sources.length).toBeGreaterThan(100);
  });
});
