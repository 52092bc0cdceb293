import { ConnectionError } from "../../../components/cluster/connection/api-error";
import { askWhoIAm, verifyIdentity, whoAmI } from "../../../components/cluster/whoami";
import { expectError, rejectionOf } from "../support/errors";
import { inFakeTime, useFakeTime } from "../support/fake-time";
import { statusError } from "../support/in-memory-cluster";
import { TestRun } from "../support/issuances";
import { refusal } from "../support/refusals";

const path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
const jane = { username: "jane", groups: ["developers", "oncall"] };

useFakeTime();

/** A run whose cluster takes it for this user. */
function runAs(userInfo: unknown): TestRun {
  const run = new TestRun();
  run.cluster.answers.set(path, { status: { userInfo } });
  return run;
}

describe("whoAmI", () => {
  it("tells name and groups, without the group that everybody is in", async () => {
    const run = runAs({ ...jane, groups: [...jane.groups, "system:authenticated"], uid: "u" });
    const send = jest.spyOn(run.cluster, "send");
    expect(await whoAmI(run.client)).toEqual(jane);
    const body = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
    expect(send.mock.calls).toMatchObject([[{ method: "POST", path, body }]]);
  });

  it.each([undefined, {}, { username: 7, groups: "a" }, { groups: [1, null] }])(
    "takes %j for nobody",
    async (userInfo) => {
      expect(await whoAmI(runAs(userInfo).client)).toEqual({ username: "", groups: [] });
    },
  );

  it.each(["yes", null, [], { status: "yes" }])("takes the answer %j for nobody", async (answer) => {
    const run = new TestRun();
    run.cluster.answers.set(path, answer);
    expect(await whoAmI(run.client)).toEqual({ username: "", groups: [] });
  });

  it.each([
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "server-error"],
  ] as const)("says why there is no answer: %d", async (status, code) => {
    const run = runAs(jane);
    const refuse = (): never => {
      throw statusError(status);
    };
    run.cluster.before(path, refuse, refuse);
    expect(await askWhoIAm(run.client)).toMatchObject({ statusCode: status });
    expectError(await rejectionOf(whoAmI(run.client)), code, "ask who the credential is", run.cluster.server);
  });
});

describe("verifyIdentity", () => {
  it("passes when the cluster takes the credential for whom it was issued to", async () => {
    const run = runAs({ username: "jane", groups: ["oncall", "system:authenticated", "developers"] });
    await expect(verifyIdentity(run.client, jane)).resolves.toBeUndefined();
  });

  it.each([
    ["another user", { username: "system:anonymous", groups: [] }, 'takes it for "system:anonymous" with groups none'],
    [
      "another user of her groups",
      { ...jane, username: "june" },
      'takes it for "june" with groups "developers", "oncall"',
    ],
    ["a group less", { username: "jane", groups: ["oncall"] }, 'with groups "oncall"'],
    ["a group more", { ...jane, groups: [...jane.groups, "admins"] }, '"oncall", "admins"'],
    ["groups that are one", { username: "jane", groups: ["developers\noncall"] }, String.raw`"developers\noncall"`],
  ])("refuses when the cluster takes it for %s", async (_, userInfo, words) => {
    const error = await rejectionOf(verifyIdentity(runAs(userInfo).client, jane));
    expectError(error, "verification-failed", "was issued and is kept", words, "--client-ca-file", "verify to false");
  });

  it.each([
    ["does not accept it", () => statusError(401, "Unauthorized", "Unauthorized"), "answered 401"],
    ["has no such API", () => statusError(404, "NotFound", "not found"), "answered 404"],
    ["cannot be reached", () => new ConnectionError("ENOTFOUND"), "cannot be reached"],
  ])("refuses, and says that the certificate is kept, when the cluster %s", async (_, trouble, words) => {
    const run = runAs(jane);
    run.cluster.before(path, () => {
      throw trouble();
    });
    const error = await rejectionOf(inFakeTime(verifyIdentity(run.client, jane)));
    expectError(error, "verification-failed", "was issued and is kept", words);
  });

  it("keeps the commands that grant what is missing on lines of their own", async () => {
    const run = runAs(jane);
    run.cluster.before(path, () => {
      throw statusError(403, "Forbidden", refusal("create", "selfsubjectreviews", "authentication.k8s.io", "jane"));
    });
    const { message } = await rejectionOf(verifyIdentity(run.client, jane));
    expect(message).toMatch(
      /^The certificate of "jane" was issued and is kept, but the cluster does not accept it: .*\n {2}kubectl create clusterrole .*\n {2}kubectl create clusterrolebinding .*\nand run again\. .* Likely causes: /,
    );
  });

  it("passes on that the run has ended", async () => {
    const run = runAs(jane);
    run.end.abort();
    expectError(await rejectionOf(inFakeTime(verifyIdentity(run.client, jane))), "aborted");
  });

  it("passes on what is no error of the client", async () => {
    const run = runAs(jane);
    run.cluster.before(path, () => {
      throw new RangeError("a mistake");
    });
    await expect(verifyIdentity(run.client, jane)).rejects.toThrow(RangeError);
  });
});
