import { isPermitted, mayDoEverything } from "../../../components/cluster/access-review";
import { expectError, rejectionOf } from "../support/errors";
import { inFakeTime, useFakeTime } from "../support/fake-time";
import { statusError } from "../support/in-memory-cluster";
import { TestRun } from "../support/issuances";

useFakeTime();

const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";

async function review(answer: unknown): Promise<boolean | undefined> {
  const run = new TestRun();
  run.cluster.answers.set(path, answer);
  return inFakeTime(mayDoEverything(run.client, { username: "jane", groups: ["admins"] }));
}

describe("mayDoEverything", () => {
  it.each<[string, unknown, boolean | undefined]>([
    ["may", { allowed: true }, true],
    ["may, although one authorizer has failed", { allowed: true, evaluationError: "webhook" }, true],
    ["may not", { allowed: false }, false],
    ["may not, and nothing has failed", { allowed: false, evaluationError: "" }, false],
    ["are not known, as an authorizer has failed", { allowed: false, evaluationError: "webhook" }, undefined],
    ["are not known, as the answer is no answer", { allowed: "true" }, undefined],
    ["are not known, as there is no answer", undefined, undefined],
  ])("tells whether names %s", async (_, status, expected) => {
    expect(await review({ status })).toBe(expected);
  });

  it("takes what is no object for no answer", async () => {
    expect(await review("yes")).toBeUndefined();
  });

  it.each([403, 404])("knows nothing when it is answered %d", async (code) => {
    expect(
      await review(() => {
        throw statusError(code);
      }),
    ).toBeUndefined();
  });

  it("passes on other trouble", async () => {
    const answer = (): never => {
      throw statusError(400, "BadRequest", "no");
    };
    expect((await rejectionOf(review(answer))).message).toContain("ask what the names of a request may do already");
  });

  it.each([
    ["user and groups", "jane", { user: "jane", groups: ["admins"] }],
    ["groups alone", undefined, { groups: ["admins"] }],
  ])("asks for every verb on everything, of %s", async (_, username, names) => {
    const asked: unknown[] = [];
    const run = new TestRun();
    run.cluster.answers.set(path, (body: unknown) => {
      asked.push(body);
      return { status: { allowed: false } };
    });
    const send = jest.spyOn(run.cluster, "send");
    const reviewed = { groups: ["admins"], ...(username === undefined ? {} : { username }) };
    await inFakeTime(mayDoEverything(run.client, reviewed));
    expect(send.mock.calls).toMatchObject([[{ method: "POST", path }]]);
    expect(asked).toEqual([
      {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SubjectAccessReview",
        spec: { ...names, resourceAttributes: { verb: "*", group: "*", version: "*", resource: "*" } },
      },
    ]);
  });
});

describe("isPermitted", () => {
  const selfPath = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  const permission = { verb: "get", apiGroup: "", resource: "secrets" };

  it.each<[string, unknown, boolean | undefined]>([
    ["may", { status: { allowed: true } }, true],
    ["may not", { status: { allowed: false } }, false],
    ["are not known, as an authorizer has failed", { status: { allowed: false, evaluationError: "x" } }, undefined],
    ["are not known, as there is no answer", "yes", undefined],
  ])("tells whether the credentials %s", async (_, answer, expected) => {
    const run = new TestRun();
    run.cluster.answers.set(selfPath, answer);
    expect(await inFakeTime(isPermitted(run.client, permission))).toBe(expected);
  });

  it.each([403, 404])("knows nothing when it is answered %d", async (code) => {
    const run = new TestRun();
    run.cluster.before(selfPath, () => {
      throw statusError(code);
    });
    expect(await inFakeTime(isPermitted(run.client, permission))).toBeUndefined();
  });

  it("passes on other trouble", async () => {
    const run = new TestRun();
    run.cluster.before(selfPath, () => {
      throw statusError(400, "BadRequest", "no");
    });
    const error = await rejectionOf(inFakeTime(isPermitted(run.client, permission)));
    expectError(error, "request-rejected", "ask what the credentials may do");
  });

  it.each([
    ["everywhere", permission, undefined, { verb: "get", group: "", resource: "secrets" }],
    ["in a namespace", permission, "dev", { verb: "get", group: "", resource: "secrets", namespace: "dev" }],
    [
      "of one object's subresource",
      {
        verb: "update",
        apiGroup: "certificates.k8s.io",
        resource: "certificatesigningrequests/approval",
        resourceName: "j",
      },
      undefined,
      {
        verb: "update",
        group: "certificates.k8s.io",
        resource: "certificatesigningrequests",
        subresource: "approval",
        name: "j",
      },
    ],
  ])("asks for exactly the permission, %s", async (_, asked, namespace, resourceAttributes) => {
    const sent: unknown[] = [];
    const run = new TestRun();
    run.cluster.answers.set(selfPath, (body: unknown) => {
      sent.push(body);
      return {};
    });
    const send = jest.spyOn(run.cluster, "send");
    await inFakeTime(isPermitted(run.client, asked, namespace));
    expect(send.mock.calls).toMatchObject([[{ method: "POST", path: selfPath }]]);
    expect(sent).toEqual([
      { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", spec: { resourceAttributes } },
    ]);
  });
});
