import fc from "fast-check";
import { isKnown, isRecord, notYetKnown } from "../../../../components/core/options/validation-errors";
import { formatTime } from "../../../../components/core/time";
import { checkUser } from "../../../../components/core/options/user-options";
import { accessGrant, namespaceName, subjectName, withMarkers } from "../../support/arbitraries";
import { errorIfAny, expectError } from "../../support/errors";
import { privateKey, requestWithSubject } from "../../support/test-authority";
import { approval, everyOption, refusalOf, request, subject } from "../../support/user-options";

/** One option broken: its path, the options with it, and words of the message. Others are left as they are. */
const broken: readonly (readonly [string, object, string])[] = [
  ["username", { username: "" }, "expected 1 to 64 characters"],
  ["username", { username: "system:admin" }, "belong to Kubernetes, and their rights cannot be taken back"],
  ["groups", { groups: "developers" }, "expected an array"],
  ["groups[1]", { groups: ["a", "system:masters"] }, "belong to Kubernetes, and their rights cannot be taken back"],
  ["groups[1]", { groups: ["a", "a"] }, "twice"],
  ["kubeconfig", { kubeconfig: "" }, "expected a non-empty string"],
  ["kubeconfig", { kubeconfig: { clusters: [] } }, "got an object"],
  ["context", { context: 1 }, "got 1"],
  ["signerName", { signerName: "kube-apiserver-client" }, "a domain and a name"],
  ["signerName", { signerName: "Example.com/x" }, "a domain and a name"],
  ["signerName", { signerName: "example.com/a/b" }, "a domain and a name"],
  ["signerName", { signerName: "example.com/" }, "a domain and a name"],
  ["expirationSeconds", { expirationSeconds: 60, renewBeforeSeconds: 30 }, "at least 600, got 60"],
  ["renewBeforeSeconds", { expirationSeconds: 600, renewBeforeSeconds: 600 }, "less than expirationSeconds"],
  ["accessUntil", { accessUntil: "31.1.2027" }, "RFC 3339"],
  ["privateKey", { privateKey: "RSA" }, "expected an object"],
  ["privateKey.algorithm", { privateKey: { algorithm: "rsa" } }, "expected one of"],
  ["rotation", { rotation: 2026 }, "got 2026"],
  ["request", { request: 7 }, "got 7"],
  ["request", { request: "" }, "non-empty"],
  ["request", { request: "text" }, 'expected a PEM PKCS#10 request: it has no "BEGIN CERTIFICATE REQUEST" block'],
  ["request", { request: privateKey() }, "it holds a private key, which must stay with its owner"],
  ["request", { request: requestWithSubject(["2.5.4.10"]) }, "no common name"],
  ["approval", { approval: "manual" }, "expected an object"],
  ["approval.mode", { approval: { mode: "auto" } }, '"automatic", "manual", got "auto"'],
  ["approval.hook", { approval: { hook: "./hook.js" } }, "expected a function"],
  ["approval.timeoutSeconds", { approval: { timeoutSeconds: -1 } }, "at least 0, got -1"],
  ["approval.timeoutSeconds", { approval: { timeoutSeconds: 0 } }, 'only with mode "manual"'],
  ["approval.timeoutSeconds", { approval: { mode: "automatic", timeoutSeconds: 0 } }, 'only with mode "manual"'],
  ["approval.policy.minRsaBits", { approval: { policy: { minRsaBits: "2048" } } }, "expected an integer"],
  ["approval.timeout", { approval: { timeout: 5 } }, "unknown option"],
  ["access", { access: {} }, "expected an array"],
  [
    "access[0].rules[0].verbs",
    { access: [{ clusterWide: true, rules: [{ apiGroups: [""], resources: ["a"] }] }] },
    "at least one element",
  ],
  ["namespace", { namespace: "Dev" }, 'got "Dev"'],
  ["verify", { verify: "no" }, "expected true or false"],
  ["user", { user: "jane" }, "unknown option. Known options are username, groups,"],
];

const lifetimes = fc.integer({ min: 601, max: 2 ** 31 - 1 }).chain((expirationSeconds) =>
  fc.record(
    {
      expirationSeconds: fc.constant(expirationSeconds),
      renewBeforeSeconds: fc.nat(expirationSeconds - 2).map((n) => n + 1),
    },
    { requiredKeys: ["expirationSeconds"] },
  ),
);

const key = fc.oneof(
  fc.record(
    { algorithm: fc.constant("RSA"), rsaBits: fc.constantFrom(2048, 3072, 4096) },
    { requiredKeys: ["algorithm"] },
  ),
  fc.record(
    { algorithm: fc.constant("ECDSA"), ecdsaCurve: fc.constantFrom("P256", "P384", "P521") },
    { requiredKeys: [] },
  ),
  fc.constant({ algorithm: "ED25519" }),
);

const common = fc.record(
  {
    kubeconfig: fc.string({ minLength: 1 }),
    context: fc.string({ minLength: 1 }),
    signerName: fc.constantFrom("kubernetes.io/kube-apiserver-client", "example.com/clients"),
    accessUntil: fc
      .date({ min: new Date(0), max: new Date(Date.UTC(9999, 0)), noInvalidDate: true })
      .map((d) => formatTime(d.getTime())),
    approval,
    access: fc.array(accessGrant, { maxLength: 4 }),
    namespace: namespaceName,
    verify: fc.boolean(),
  },
  { requiredKeys: [] },
);

const ownKey = fc.record(
  {
    username: subjectName,
    groups: fc.uniqueArray(subjectName, { maxLength: 5 }),
    privateKey: key,
    rotation: fc.string({ minLength: 1 }),
  },
  { requiredKeys: ["username"] },
);

const ownRequest = fc.record(
  { request: fc.constant(request), username: fc.constant("jane"), groups: fc.constantFrom(["a", "b"], ["b", "a"]) },
  { requiredKeys: ["request"] },
);

const validOptions = fc
  .tuple(common, lifetimes, fc.oneof(ownKey, ownRequest))
  .map((parts): Readonly<Record<string, unknown>> => Object.assign({}, ...parts) as Readonly<Record<string, unknown>>);

describe("checkUser", () => {
  it("passes every option at once, and none", () => {
    expect(() => {
      checkUser(subject, everyOption);
    }).not.toThrow();
    expect(() => {
      checkUser(subject, {});
    }).not.toThrow();
  });

  it("passes a signer whose domain is one letter, and takes null for known", () => {
    expect(() => {
      checkUser(subject, { signerName: "a/b" });
    }).not.toThrow();
    expect(isKnown({ a: [null, { b: null }] })).toBe(true);
    expect(isKnown({ a: [null, { b: notYetKnown }] })).toBe(false);
  });

  it("passes an approval that no run waits for while its mode is not known yet", () => {
    expect(() => {
      checkUser(subject, { approval: { mode: notYetKnown, timeoutSeconds: 0 } });
    }).not.toThrow();
  });

  it("refuses what breaks the approval's policy, once the options are right", () => {
    const options = { username: "jane", approval: { policy: { allowedUsernames: ["ci-*"] } } };
    expectError(refusalOf(options), "policy-violated", 'expected one of ci-*, got "jane"');
    expectError(refusalOf({ ...options, verify: "no" }), "invalid-arguments", "expected true or false");
  });

  it("passes on an error that is none of the request's", () => {
    const read = (): never => {
      throw new TypeError("broken reader");
    };
    expect(() => {
      checkUser(subject, { request }, read);
    }).toThrow(TypeError);
  });

  /** A hook is code, and the object that it stands in is no Output either. */
  const isWrittenDown = (option: string, part: unknown): boolean =>
    typeof part === "function" || (option === "approval" && isRecord(part) && !("verbs" in part));

  it("passes whatever is right, also where parts are not known yet", () => {
    fc.assert(
      fc.property(validOptions, fc.infiniteStream(fc.nat(9)), (options, dice) => {
        checkUser(subject, options);
        // An access grant stays one: whether it names namespaces decides what else it may hold. A hook is no input.
        const marked = Object.entries(options).map(([name, value]) => [
          name,
          name === "access"
            ? value
            : withMarkers(value, notYetKnown, (part) => !isWrittenDown(name, part) && dice.next().value < 3),
        ]);
        checkUser(subject, Object.fromEntries(marked));
      }),
      { numRuns: 300 },
    );
  });

  it.each(broken)("refuses, naming %s: %j", (path, options, words) => {
    const error = refusalOf(options);
    expectError(error, "invalid-arguments", `${subject}: ${path}: `, words);
    expect(error.problems).toEqual([{ path, message: expect.stringContaining(words) as string }]);
  });

  it("names exactly the one option that is wrong among any that are right", () => {
    fc.assert(
      fc.property(validOptions, fc.constantFrom(...broken), (options, [path, patch]) => {
        // A request speaks for the user and brings a key: beside another user's options it would be wrong as well.
        const { request: _, ...rest } = options;
        const { username, groups, privateKey, rotation, ...keyless } = options;
        const base = "request" in patch ? keyless : rest;
        const error = refusalOf({ ...base, ...patch });
        expect(error.code).toBe("invalid-arguments");
        expect([...new Set(error.problems.map((problem) => problem.path))]).toEqual([path]);
      }),
      { numRuns: 500 },
    );
  });

  it("names everything that is wrong in one error, a line each", () => {
    const all = { username: "", groups: [7], expirationSeconds: 1, approval: { mode: 1 }, access: [{}], verify: 0 };
    const error = refusalOf(all);
    expect(error.problems.map(({ path }) => path)).toEqual([
      "username",
      "groups[0]",
      "expirationSeconds",
      "approval.mode",
      "access[0]",
      "access[0]",
      "verify",
    ]);
    expect(error.message.split("\n")).toHaveLength(8);
  });

  it("throws nothing but its own error, whatever it is given", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
      withObjectString: true,
    });
    const options = fc.record(Object.fromEntries(Object.keys(everyOption).map((name) => [name, anything])), {
      requiredKeys: [],
    });
    const nested = fc.record({
      approval: fc.record({ policy: anything, mode: anything }),
      access: fc.array(fc.record({ rules: fc.array(anything), namespaces: anything })),
    });
    fc.assert(
      fc.property(fc.oneof(anything, options, nested), (value) => {
        const error = errorIfAny(() => {
          checkUser(subject, value);
        });
        expect(error?.code ?? "invalid-arguments").toBe("invalid-arguments");
      }),
      { numRuns: 1000 },
    );
  });

  it.each([null, 7, "jane", [], () => 1])("refuses %p in place of options", (options) => {
    expectError(refusalOf(options), "invalid-arguments", "expected an object");
  });
});
