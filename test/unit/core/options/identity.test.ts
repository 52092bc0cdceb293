import fc from "fast-check";
import { notYetKnown } from "../../../../components/core/options/validation-errors";
import {
  checkGroups,
  checkUsername,
  maximumGroups,
  repeated,
  sameNames,
} from "../../../../components/core/options/identity";
import { pathsOf, problemsOf } from "../../support/errors";

const refused: readonly (readonly [unknown, string])[] = [
  ["x".repeat(65), "expected 1 to 64 characters, got 65"],
  ["☃".repeat(65), "got 65"],
  ["jane\ndoe", "no control characters"],
  ["jane\u0000doe", "no control characters"],
  ["jane\u0085doe", "no control characters"],
  [" jane", "no space at either end"],
  ["jane ", "no space at either end"],
  ["jane\u00a0", "no space at either end"],
  ...[
    "\u202e",
    "\u200b",
    "\u200d",
    "\u2060",
    "\u00ad",
    "\u3164",
    "\uffa0",
    "\u115f",
    "\u034f",
    "\ufe0f",
    "\u{e0100}",
    "\u{e0041}",
  ]
    .concat(["\u00a0", "\u3000", "\u2003", "\u2800", "\u{1d159}", "\ue000", "\ufffe", "\u17b4", "\u180b"])
    .map((hidden) => [`ja${hidden}ne`, "expected visible characters"] as const),
  ["ja\u202ene", "Remove U+202E"],
  ["ja\ufffdne", "replacement character"],
  ["\u0301jane", "combining marks on letters only"],
  ["\u0301", "combining marks on letters only"],
  ["jane \u0332", "combining marks on letters only"],
  [`ja${"\u0334".repeat(9)}`, "at most 8 on each"],
  ["Zoe\u0308", "Unicode normalization form C"],
  ["\u212aate", "Unicode normalization form C"],
  ["jane\ud83d", "well-formed Unicode"],
  ["system:admin", 'names that begin with "system:"'],
  ["system:", 'names that begin with "system:"'],
  [7, "got 7"],
  [null, "got null"],
  [["jane"], "got an array of 1"],
];

const accepted: readonly unknown[] = [
  "jane",
  "jane@example.com",
  "CN=jane,O=x",
  "Zoë Ångström",
  "x".repeat(64),
  "🦊".repeat(64),
  "Владимир",
  "Γιώργος Παπαδόπουλος",
  "김철수",
  "山田太郎",
  "हिन्दी",
  "ประยุทธ์",
  "தமிழ்",
  "עִבְרִית",
  "عبد الله",
  "བསྒྲུབས་ཧཱུྃ",
  `ja${"\u0334".repeat(8)}`,
  "Đặng Thị",
  "O'Neill-Smith",
  "systematic",
  "a system: b",
  "System:admin",
  "oidc:jane",
  notYetKnown,
];

describe("checkUsername", () => {
  it.each(accepted.map((name) => [name]))("passes %p", (name) => {
    expect(
      problemsOf((errors) => {
        checkUsername(errors, "username", name);
      }),
    ).toEqual([]);
  });

  it.each([...refused, ["", "expected 1 to 64 characters"] as const])("refuses %p", (name, words) => {
    const [problem, ...others] = problemsOf((errors) => {
      checkUsername(errors, "username", name);
    });
    expect(problem?.path).toBe("username");
    expect(problem?.message).toContain(words);
    expect(others).toEqual([]);
  });
});

describe("checkGroups", () => {
  it("passes names, and values that are not known yet", () => {
    expect(
      problemsOf((errors) => {
        checkGroups(errors, "groups", accepted);
      }),
    ).toEqual([]);
    expect(
      problemsOf((errors) => {
        checkGroups(errors, "groups", []);
      }),
    ).toEqual([]);
    expect(
      problemsOf((errors) => {
        checkGroups(errors, "groups", [notYetKnown, notYetKnown]);
      }),
    ).toEqual([]);
  });

  it.each([...refused, ["", "expected a non-empty string"] as const])(
    "refuses %p and names its place",
    (name, words) => {
      const [problem, ...others] = problemsOf((errors) => {
        checkGroups(errors, "groups", ["a", name, "b"]);
      });
      expect(problem?.path).toBe("groups[1]");
      expect(problem?.message).toContain(words);
      expect(others).toEqual([]);
    },
  );

  it("passes 32 groups and refuses more", () => {
    const groups = Array.from({ length: 33 }, (_, index) => `group ${index}`);
    const errors = (some: readonly string[]): unknown =>
      problemsOf((errors) => {
        checkGroups(errors, "groups", some);
      });
    expect(maximumGroups).toBe(32);
    expect(errors(groups.slice(1))).toEqual([]);
    const message = "expected at most 32 groups, got 33. Bind roles to fewer, larger groups.";
    expect(errors(groups)).toEqual([{ path: "groups", message }]);
  });

  it("refuses a group that is named twice, at its second place", () => {
    expect(
      problemsOf((errors) => {
        checkGroups(errors, "groups", ["a", "b", "a"]);
      }),
    ).toEqual([{ path: "groups[2]", message: '"a" is listed twice. Name each group once.' }]);
  });

  it("refuses what is no list", () => {
    expect(
      pathsOf((errors) => {
        checkGroups(errors, "groups", "developers");
      }),
    ).toEqual(["groups"]);
  });
});

describe("sameNames", () => {
  const names = fc.array(fc.string(), { maxLength: 6 });

  it("holds for every order of one list", () => {
    const shuffled = names.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, ([list, reordered]) => {
        expect(sameNames(list, reordered)).toBe(true);
      }),
    );
  });

  it("does not hold once a name is added, taken away or joined with another", () => {
    expect(sameNames(["a"], ["a", "a"])).toBe(false);
    expect(sameNames(["a", "b"], ["a"])).toBe(false);
    expect(sameNames(["a\nb"], ["a", "b"])).toBe(false);
    expect(sameNames(["a,b"], ["a", "b"])).toBe(false);
    expect(sameNames(["a", "a", "b"], ["a", "b", "b"])).toBe(false);
  });
});

describe("repeated", () => {
  it.each([
    [[], undefined],
    [["a", "b"], undefined],
    [["a", "b", "a", "b"], "a"],
    [["a", "b", "b"], "b"],
  ])("of %j is %p", (names, name) => {
    expect(repeated(names)).toBe(name);
  });
});
