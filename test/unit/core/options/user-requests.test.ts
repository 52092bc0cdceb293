import { notYetKnown } from "../../../../components/core/options/validation-errors";
import { checkUser } from "../../../../components/core/options/user-options";
import { everythingOf } from "../../support/errors";
import { secretWord, secrets } from "../../support/secrets";
import { requestOf } from "../../support/test-authority";
import { everyOption, refusalOf, request, subject } from "../../support/user-options";

describe("checkUser with a request of one's own", () => {
  it.each([
    {},
    { username: "jane" },
    { groups: ["b", "a"] },
    { username: notYetKnown, groups: [notYetKnown] },
    { groups: notYetKnown },
  ])("passes it beside %p", (options) => {
    expect(() => {
      checkUser(subject, { request, ...options });
    }).not.toThrow();
  });

  it.each([
    ["privateKey", { privateKey: {} }, "it cannot be combined with request, which has its own key"],
    ["rotation", { rotation: "1" }, "it cannot be combined with request, which has its own key"],
    ["request", { username: "june" }, 'is for the user "jane", but username is "june"'],
    ["request", { groups: ["a"] }, 'is for the groups "a", "b", but groups are "a"'],
    ["request", { groups: [] }, "but groups are none"],
    ["request", { groups: ["a", "b", "c"] }, 'groups are "a", "b", "c"'],
  ])("refuses it, naming %s, beside %p", (path, options, words) => {
    expect(refusalOf({ request, ...options }).problems).toEqual([
      { path, message: expect.stringContaining(words) as string },
    ]);
  });

  it.each([
    [{ username: "system:admin", groups: [] }, "belong to Kubernetes, and their rights cannot be taken back"],
    [
      { username: "jane", groups: ["a", "system:masters"] },
      "belong to Kubernetes, and their rights cannot be taken back",
    ],
    [{ username: "jane", groups: ["a", "a"] }, "twice"],
    [{ username: "jane ", groups: [] }, "no space at either end"],
    [{ username: "x".repeat(65), groups: [] }, "expected 1 to 64 characters"],
  ])("refuses one that asks for %j", (identity, words) => {
    const [problem, ...others] = refusalOf({ request: requestOf(identity) }).problems;
    expect(problem?.path).toMatch(/^request/);
    expect(problem?.message).toContain(words);
    expect(others).toEqual([]);
  });
});

describe("an error of checkUser", () => {
  const places: readonly (readonly [string, (secret: unknown) => object])[] = [
    ...Object.keys(everyOption).map((name) => [name, (secret: unknown) => ({ [name]: secret })] as const),
    ["a wrong type", (secret) => ({ kubeconfig: [secret], context: { secret }, request: [secret] })],
    ["request", (secret) => ({ request: secret })],
    ["groups[0]", (secret) => ({ groups: [secret] })],
    ["privateKey.algorithm", (secret) => ({ privateKey: { algorithm: secret, rsaBits: secret } })],
    [
      "approval.mode",
      (secret) => ({ approval: { mode: secret, hook: secret, policy: { allowedGroups: [`*${String(secret)}`] } } }),
    ],
    ["access[0].role", (secret) => ({ access: [{ role: `/${String(secret)}`, namespaces: [secret, secret] }] })],
  ];

  it.each(
    places.flatMap(([place, options]) => secrets.map(([what, secret]) => [what, place, options(secret)] as const)),
  )("shows nothing of %s given for %s", (_, place, options) => {
    const wrong = refusalOf({ ...options, verify: "no", ...(place === "verify" ? options : {}) });
    expect(everythingOf(wrong)).not.toContain(secretWord);
  });
});
