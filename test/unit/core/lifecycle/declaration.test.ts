import { formatTime } from "../../../../components/core/time";
import {
  declarationDigest,
  isWidened,
  readDeclaration,
  readPreviewedDeclaration,
} from "../../../../components/core/lifecycle/declaration";
import { nextStep } from "../../../../components/core/lifecycle/next-step";
import { storedGrants } from "../../../../components/core/rbac/stored-grants";
import { notYetKnown } from "../../../../components/core/options/validation-errors";
import { content, hour, inputs, issued, none, record, state, storedDeclaration } from "../../support/declarations";

describe("a stored declaration", () => {
  const defaults = {
    groups: [] as string[],
    signerName: "kubernetes.io/kube-apiserver-client",
    hooked: false,
    approvalMode: "automatic",
    approvalTimeoutSeconds: 300,
    issuanceTimeoutSeconds: 60,
    verify: true,
  } as const;
  const others = {
    groups: ["developers"],
    signerName: "example.com/signer",
    hooked: true,
    approvalMode: "manual",
    approvalTimeoutSeconds: 0,
    issuanceTimeoutSeconds: 61,
    verify: false,
  } as const;

  it("leaves out what is as it is by default, and nothing else", () => {
    const declared = { ...inputs, ...defaults };
    const stored = storedDeclaration(declared);
    const leftOut = Object.keys(declared).filter((name) => !(name in stored));
    expect(leftOut.toSorted()).toEqual(Object.keys(defaults).toSorted());
    expect(readDeclaration(stored)).toEqual(declared);
  });

  it.each(Object.entries(others))("keeps %s: %j", (name, value) => {
    const declared = { ...inputs, ...defaults, [name]: value };
    expect(storedDeclaration(declared)).toHaveProperty(name, value);
    expect(readDeclaration(storedDeclaration(declared))).toEqual(declared);
  });
});

describe("the access of a stored declaration", () => {
  it("is one text, or a list", () => {
    const access = storedGrants(inputs.access);
    expect(access).toBe('[{"clusterRole":"view","namespaces":["dev"]}]');
    expect(readDeclaration({ ...inputs, access })).toEqual(inputs);
    expect(readDeclaration(inputs)).toEqual(inputs);
  });

  it("may be not known before anything is done", () => {
    expect(readPreviewedDeclaration({ ...inputs, access: notYetKnown }).access).toBe(notYetKnown);
    expect(readPreviewedDeclaration({ ...inputs, access: storedGrants(inputs.access) })).toEqual(inputs);
  });

  it.each([undefined, null, "", "[", "{}", "view", '["view"]', ["view"], [[]], {}])(
    "is refused when it is %j",
    (access) => {
      expect(() => readDeclaration({ ...inputs, access })).toThrow("no list of grants");
      expect(readPreviewedDeclaration({ ...inputs, access }).access).toBe(notYetKnown);
    },
  );
});

describe("grants in nextStep", () => {
  it("are recorded when they change, and nothing is issued", () => {
    expect(nextStep(state, { ...inputs, access: [] }, issued)).toEqual(record);
  });

  it("are the same whatever order the engine gives their keys", () => {
    const access = [{ clusterRole: "view", namespaces: ["dev"] }];
    expect(nextStep(state, { ...inputs, access }, issued)).toEqual(none);
    const ordered = { ...inputs, access };
    expect(declarationDigest(content, ordered)).toBe(declarationDigest(content, inputs));
  });

  it("that were never recorded are recorded, and count as widened", () => {
    const { access: _, ...older } = state;
    expect(nextStep(older, inputs, issued)).toEqual(record);
    expect(isWidened(older, inputs)).toBe(true);
  });

  it("are widened when they hold for longer, not when they end sooner", () => {
    const until = { access: inputs.access, accessUntil: formatTime(issued + hour) };
    expect(isWidened(until, { access: inputs.access })).toBe(true);
    expect(isWidened(until, { ...until, accessUntil: formatTime(issued + 2 * hour) })).toBe(true);
    expect(isWidened(until, until)).toBe(false);
    expect(isWidened(until, { ...until, accessUntil: formatTime(issued) })).toBe(false);
    expect(isWidened({ access: inputs.access }, until)).toBe(false);
    expect(isWidened(until, { ...until, accessUntil: notYetKnown })).toBe(false);
  });

  it("are widened when more is allowed, not when less is or while they are not known", () => {
    expect(isWidened(state, { access: [{ clusterWide: true, clusterRole: "cluster-admin" }] })).toBe(true);
    expect(isWidened(state, inputs)).toBe(false);
    expect(isWidened(state, { access: [] })).toBe(false);
    expect(isWidened(state, { access: notYetKnown })).toBe(false);
  });
});
