import { KubernetesUserError, errorCodes, throwErrors, titleOf, withoutCode } from "../../../components/core/errors";
import { errorOf } from "../support/errors";

describe("KubernetesUserError", () => {
  it.each(errorCodes)("carries the code %s as a property and at the end of its message", (code) => {
    const error = new KubernetesUserError(code, "It went wrong.");
    expect(error).toMatchObject({
      name: "KubernetesUserError",
      code,
      message: `It went wrong. [${code}]`,
      problems: [],
    });
    expect(error).toBeInstanceOf(Error);
  });

  it("escapes what others wrote, so that no caller can forget it", () => {
    const error = new KubernetesUserError("server-error", "It said \u001b[2J\u202e\n::error::no ##vso[a]b");
    expect(error.message).toBe(String.raw`It said \u{1b}[2J\u{202e}\n::error::no \u{23}#vso[a]b [server-error]`);
  });

  it("begins a line only where it is given lines, and none that a CI would obey", () => {
    const error = new KubernetesUserError("server-error", ["It said", "  ::error::no", "a\nb"]);
    expect(error.message).toBe(String.raw`It said
  \u{3a}:error::no
a\nb [server-error]`);
  });

  it("lists no code twice", () => {
    expect(new Set(errorCodes).size).toBe(errorCodes.length);
  });
});

describe("throwErrors", () => {
  it("does nothing without problems", () => {
    expect(() => {
      throwErrors("it", []);
    }).not.toThrow();
  });

  it("says one problem in one line", () => {
    const error = errorOf(() => {
      throwErrors('KubernetesUser "jane"', [{ path: "username", message: "expected another." }]);
    });
    expect(error.message).toBe('KubernetesUser "jane": username: expected another. [invalid-arguments]');
  });

  it("lists several problems, one a line, and keeps them apart for programs", () => {
    const problems = [
      { path: "username", message: "expected another." },
      { path: "groups[1]", message: "listed twice." },
    ];
    const error = errorOf(() => {
      throwErrors("jane", problems);
    });
    expect(error.message).toBe(
      "jane:\n  - username: expected another.\n  - groups[1]: listed twice. [invalid-arguments]",
    );
    expect(error.problems).toEqual(problems);
  });

  it("escapes what stands in problems", () => {
    const error = errorOf(() => {
      throwErrors("jane\n", [{ path: "a\nb", message: "c\u202e\nd" }]);
    });
    expect(error.message).toBe(String.raw`jane\n: a\nb: c\u{202e}\nd [invalid-arguments]`);
    expect(error.problems).toEqual([{ path: String.raw`a\nb`, message: String.raw`c\u{202e}\nd` }]);
  });
});

describe("withoutCode", () => {
  it.each([
    ["It went wrong. [server-error]", "It went wrong."],
    ["It said [no]: wrong", "It said [no]: wrong"],
    ["It said [no] twice [server-error]", "It said [no] twice"],
    ["It went wrong. [Server-Error]", "It went wrong. [Server-Error]"],
  ])("of %j is %j", (message, without) => {
    expect(withoutCode(message)).toBe(without);
  });
});

describe("titleOf", () => {
  it("quotes the name", () => {
    expect(titleOf('ja"ne\n')).toBe(String.raw`KubernetesUser "ja\"ne\n"`);
  });
});
