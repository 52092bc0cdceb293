import { exitCodes } from "../../../../cli/exit-codes";
import { type OutcomeKind, exitCodeOf, outcomeOf } from "../../../../cli/requests/outcome";
import { type RequestFacts } from "../../../../cli/requests/examination";

const facts: RequestFacts = {
  name: "jane-0",
  stage: "pending",
  username: "jane",
  groups: [],
  keyAlgorithm: "ECDSA",
  keySize: 256,
  fingerprint: undefined,
  signerName: "example.com/signer",
  usages: [],
  expirationSeconds: undefined,
  requestor: "ci",
  submitted: "",
  labelled: true,
};

function codeOf(kinds: readonly OutcomeKind[], done: readonly OutcomeKind[]): number {
  return exitCodeOf(
    kinds.map((kind) => outcomeOf(facts, kind)),
    done,
  );
}

describe("exitCodeOf", () => {
  it.each<[OutcomeKind[], OutcomeKind[], keyof typeof exitCodes]>([
    [["issued", "denied"], ["issued", "denied"], "done"],
    [["issued", "denied"], ["issued"], "refused"],
    [["issued", "pending"], ["issued"], "pending"],
    [["skipped"], ["issued", "denied"], "pending"],
    [["approved"], ["issued", "denied"], "pending"],
    [["unknown"], ["issued", "denied"], "refused"],
    [["pending", "failed"], ["issued"], "refused"],
    [["refused", "skipped"], ["issued", "denied"], "refused"],
    [[], ["issued"], "done"],
  ])("of %j, when %j is wanted, says %s", (kinds, done, name) => {
    expect(codeOf(kinds, done)).toBe(exitCodes[name]);
  });
});

describe("outcomeOf", () => {
  it("tells what became of a request in place of how far it had come", () => {
    expect(outcomeOf(facts, "denied", ["no."])).toMatchObject({ name: "jane-0", outcome: "denied", details: ["no."] });
    expect(outcomeOf(facts, "denied")).not.toHaveProperty("stage");
  });
});
