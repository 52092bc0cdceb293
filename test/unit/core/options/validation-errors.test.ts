import {
  ValidationErrors,
  describe as show,
  isRecord,
  notYetKnown,
} from "../../../../components/core/options/validation-errors";
import { problemsOf } from "../../support/errors";
import { secretWord, secrets } from "../../support/secrets";

const checks: readonly (readonly [string, (errors: ValidationErrors, value: unknown) => unknown, unknown, unknown])[] =
  [
    ["string", (errors, value) => errors.string("x", value), "text", ""],
    ["integer", (errors, value) => errors.integer("x", value, 2, "Why."), 2, 1],
    ["choice", (errors, value) => errors.choice("x", value, ["a", "b"]), "b", "c"],
    ["array", (errors, value) => errors.array("x", value), ["a", 1], "a"],
    ["strings", (errors, value) => errors.strings("x", value), ["a", "b"], {}],
    ["object", (errors, value) => errors.object("x", value, ["a"]), { a: 1 }, ["a"]],
  ];

describe("ValidationErrors", () => {
  it.each(checks)("%s returns what is right and notes what is not", (_, check, right, wrong) => {
    const errors = new ValidationErrors();
    expect(check(errors, right)).toEqual(right);
    expect(errors.all).toEqual([]);
    expect(check(errors, wrong)).toBeUndefined();
    expect(errors.all.map(({ path }) => path)).toEqual(["x"]);
  });

  it.each(checks)("%s passes what is not given and what is not yet known", (_, check) => {
    const errors = new ValidationErrors();
    expect(check(errors, undefined)).toBeUndefined();
    expect(check(errors, notYetKnown)).toBeUndefined();
    expect(errors.all).toEqual([]);
  });

  it.each([true, false, undefined, notYetKnown])("boolean passes %p", (value) => {
    expect(
      problemsOf((errors) => {
        errors.boolean("x", value);
      }),
    ).toEqual([]);
  });

  it.each([0, "true", null])("boolean notes %p", (value) => {
    expect(
      problemsOf((errors) => {
        errors.boolean("x", value);
      }),
    ).toEqual([{ path: "x", message: `expected true or false, got ${show(value)}.` }]);
  });

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, "2", 2n, 2 ** 53])("integer notes %p", (value) => {
    expect(problemsOf((errors) => errors.integer("x", value, 2, "Why."))).toEqual([
      { path: "x", message: `expected an integer of at least 2, got ${show(value)}. Why.` },
    ]);
  });

  it("strings notes each element that is no text, holes and null included", () => {
    // eslint-disable-next-line no-sparse-arrays
    const value = ["a", 1, , null, ""];
    expect(problemsOf((errors) => errors.strings("x", value)).map(({ path }) => path)).toEqual([
      "x[1]",
      "x[2]",
      "x[3]",
      "x[4]",
    ]);
  });

  it("object notes each key that is no option, and lets those pass that are undefined", () => {
    const value = { a: 1, A: 2, b: 3, c: undefined };
    expect(problemsOf((errors) => errors.object("x", value, ["a"]))).toEqual([
      { path: "x.A", message: "unknown option. Known options are a." },
      { path: "x.b", message: "unknown option. Known options are a." },
    ]);
    expect(problemsOf((errors) => errors.object("", { b: 3 }, ["a"]))[0]?.path).toBe("b");
  });
});

describe("the text for a value", () => {
  it.each([
    ["jane", '"jane"'],
    ["a\nb", String.raw`"a\nb"`],
    [1.5, "1.5"],
    [7n, "7"],
    [false, "false"],
    [undefined, "nothing"],
    [null, "null"],
    [[1, 2], "an array of 2"],
    [{ a: 1 }, "an object"],
    [() => 1, "a function"],
    [Symbol("x"), "a symbol"],
  ])("shows %p as %s", (value, text) => {
    expect(show(value)).toBe(text);
  });

  it("cuts long texts and tells their length", () => {
    expect(show("x".repeat(78))).toBe(`"${"x".repeat(78)}"`);
    expect(show("x".repeat(79))).toBe(`"${"x".repeat(75)}…" (79 characters)`);
  });

  it.each(secrets)("does not show %s that was given for something else", (_, secret) => {
    expect(show(secret)).not.toContain(secretWord);
    expect(show(secret)).toContain(`${secret.length} characters`);
  });

  it.each([
    `apiVersion: v1 # ${secretWord}`,
    `users:[{name: ${secretWord}}]`,
    `token: ${secretWord}`,
    `{'password': ${secretWord}}`,
    `{"client-key-data":"${secretWord}"}`,
  ])("does not show what may be a part of a kubeconfig, such as %s", (text) => {
    expect(show(text)).toBe(`a text of ${text.length} characters, not shown because it may be secret`);
  });

  it.each([
    [
      "as client-key-data has it",
      ["-----BEGIN PRIVATE KEY-----\nabc\n"].map((pem) => Buffer.from(pem).toString("base64")),
    ],
    ["an Ed25519 key's", ["MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"]],
    ["with space around it", [`\n  M${"a".repeat(39)}== \n`]],
    ["a SEC 1 key's", ["MHcCAQEEIFBvOGeGzUyTJoUvHwFVDTSs3kyFMhRpq2ZBh5Cz2gAoGCCqGSM49AwEHoUQDQgAE"]],
  ])("does not show base64, %s", (_, [secret = ""]) => {
    expect(show(secret)).toBe(`a text of ${secret.length} characters, not shown because it may be secret`);
  });

  it.each([
    "users:admins",
    "token-reader",
    "oidc:password",
    "eyJane.eyre@example.com",
    "Mary-of-the-very-long-name-in-the-north@example.com",
    `M${"a".repeat(39)}-north`,
    `north-M${"a".repeat(39)}`,
    `M${"a".repeat(38)}`,
  ])("shows the name %s", (name) => {
    expect(show(name)).toBe(JSON.stringify(name));
  });
});

describe("a text in place of an object", () => {
  it("is quoted only if it is too short for a key that belongs into one", () => {
    const errors = new ValidationErrors();
    errors.object("privateKey", "not known for a key at all", ["algorithm"]);
    errors.object("publish", "yes", ["namespace"]);
    errors.object("publish", "x".repeat(20), ["namespace"]);
    expect(errors.all.map(({ message }) => message)).toEqual([
      "expected an object, got a text of 26 characters.",
      'expected an object, got "yes".',
      'expected an object, got "xxxxxxxxxxxxxxxxxxxx".',
    ]);
  });
});

describe("isRecord", () => {
  it.each([
    [{}, true],
    [Object.create(null), true],
    [[], false],
    [null, false],
    ["text", false],
    [() => 1, false],
  ])("takes %p for an object with members: %p", (value, expected) => {
    expect(isRecord(value)).toBe(expected);
  });
});
