import {
  ApiStatusError,
  ConnectionError,
  connectionCode,
  explain,
  isTransient,
} from "../../../../components/cluster/connection/api-error";
import { KubernetesUserError } from "../../../../components/core/errors";
import { everythingOf, expectError } from "../../support/errors";
import { statusError } from "../../support/in-memory-cluster";
import { refusal } from "../../support/refusals";
import { kubeconfigYaml, secretWord } from "../../support/secrets";

const server = "https://cluster.test:6443";

function explained(error: unknown): KubernetesUserError {
  const result = explain(error, "create it", server);
  if (result instanceof KubernetesUserError) {
    return result;
  }
  throw new Error("expected an error in users' words");
}

describe("ApiStatusError", () => {
  it("holds the reason and message of the server's Status", () => {
    const body = JSON.stringify({ kind: "Status", reason: "Invalid", message: "spec.usages: Unsupported", code: 422 });
    expect(new ApiStatusError(422, body, undefined)).toMatchObject({
      statusCode: 422,
      reason: "Invalid",
      message: "spec.usages: Unsupported",
    });
  });

  it.each([
    `<html>${secretWord}</html>`,
    JSON.stringify({ message: secretWord }),
    JSON.stringify({ kind: "Secret", message: secretWord }),
    JSON.stringify({ kind: "Status", message: [secretWord] }),
    JSON.stringify(secretWord),
    "",
    kubeconfigYaml,
  ])("holds nothing of the body %j, which is no Status", (body) => {
    expect(new ApiStatusError(502, body, undefined)).toMatchObject({ reason: "", message: "" });
    expect(everythingOf(explained(new ApiStatusError(502, body, undefined)))).not.toContain(secretWord);
  });

  it.each([
    ["7", 7],
    ["0", 0],
    [undefined, undefined],
    ["Wed, 21 Oct 2026 07:28:00 GMT", undefined],
  ])("reads Retry-After %p as %p seconds", (header, seconds) => {
    expect(new ApiStatusError(429, "", header).retryAfterSeconds).toBe(seconds);
  });
});

describe("connectionCode", () => {
  it.each([
    [Object.assign(new Error("a message"), { code: "EPIPE" }), "EPIPE"],
    [new Error("a message"), "ECONNRESET"],
    [Object.assign(new Error("a message"), { code: 7 }), "ECONNRESET"],
    [undefined, "ECONNRESET"],
  ])("of %p is %s", (error, code) => {
    expect(connectionCode(error)).toBe(code);
  });
});

describe("isTransient", () => {
  it.each([429, 500, 502, 503, 504])("holds for %d", (status) => {
    expect(isTransient(statusError(status))).toBe(true);
  });

  it.each([400, 401, 403, 404, 409, 410, 422])("does not hold for %d", (status) => {
    expect(isTransient(statusError(status))).toBe(false);
  });

  it.each(["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EPIPE", "EHOSTUNREACH", "EAI_AGAIN"])("holds for %s", (code) => {
    expect(isTransient(new ConnectionError(code))).toBe(true);
  });

  it.each([
    "ENOTFOUND",
    "CERT_HAS_EXPIRED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "ERR_TLS_CERT_ALTNAME_INVALID",
  ])("does not hold for %s", (code) => {
    expect(isTransient(new ConnectionError(code))).toBe(false);
  });

  it("does not hold for other errors", () => {
    expect(isTransient(new TypeError("a mistake"))).toBe(false);
    expect(isTransient(undefined)).toBe(false);
  });
});

describe("explain", () => {
  it.each([
    [401, "unauthorized", "Renew them"],
    [400, "request-rejected", "Change what the server objects to"],
    [422, "request-rejected", "Change what the server objects to"],
    [403, "forbidden", "An admission policy, a quota or an authorizer of the cluster refused it"],
    [404, "server-error", "Nothing is lost"],
    [500, "server-error", "Nothing is lost"],
  ] as const)("turns %d into %s", (status, code, remedy) => {
    const error = explained(statusError(status, "Reason", "the server's words"));
    expectError(error, code, `${server} answered ${status}: the server's words (while trying to create it).`, remedy);
  });

  it("tells the status alone where the server says nothing", () => {
    const { message } = explained(statusError(503));
    expect(message).toContain(`${server} answered 503 (while trying to create it).`);
  });

  it("names the permission that is missing, and how to grant it", () => {
    const words = refusal("create", "certificatesigningrequests", "certificates.k8s.io");
    expectError(
      explained(statusError(403, "Forbidden", words)),
      "forbidden",
      words,
      "Missing: create on certificatesigningrequests.certificates.k8s.io",
      "kubectl create clusterrole",
    );
  });

  it.each(["CERT_HAS_EXPIRED", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "ERR_TLS_CERT_ALTNAME_INVALID"])(
    "turns %s into server-untrusted",
    (code) => {
      expectError(explained(new ConnectionError(code)), "server-untrusted", server, code, "certificate-authority-data");
    },
  );

  it.each(["ECONNREFUSED", "ENOTFOUND", "ETIMEDOUT"])("turns %s into server-unreachable", (code) => {
    expectError(explained(new ConnectionError(code)), "server-unreachable", server, code, "run again");
  });

  it("leaves other errors as they are", () => {
    const error = new TypeError("a mistake");
    expect(explain(error, "create it", server)).toBe(error);
  });
});

describe("what the server says", () => {
  const hostile = "no\u001b[2J\u202e\n::error::all is well ##vso[task.complete]\r";

  it.each([400, 401, 403, 404, 422, 500])("stays in its line and commands nothing, in an answer %i", (code) => {
    const { message } = explained(statusError(code, "Reason", hostile));
    expect(message).toContain(
      String.raw`no\u{1b}[2J\u{202e}\n::error::all is well \u{23}#vso[task.complete]\u{d} (while`,
    );
    expect(message.split("\n").slice(1).join("")).not.toContain("all is well");
  });

  it("names the commands that grant a permission in lines of their own", () => {
    const { message } = explained(statusError(403, "Forbidden", refusal("get", "namespaces", "")));
    expect(message).toMatch(/^https.* Grant it with\n {2}kubectl create clusterrole .*\n {2}kubectl .*\nand run again/);
  });
});
