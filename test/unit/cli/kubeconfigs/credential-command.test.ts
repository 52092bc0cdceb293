import { refuseCredentialCommand } from "../../../../cli/kubeconfigs/credential-command";
import { type AdminKubeconfig } from "../../../../components/core/kubeconfig/cluster";
import { formatKubeconfig } from "../../../../components/core/kubeconfig/kubeconfig-document";
import { errorIfAny, everythingOf, expectError } from "../../support/errors";

function refusal(user: Readonly<Record<string, unknown>>): ReturnType<typeof errorIfAny> {
  const users = [{ name: "jane", value: user }];
  const kubeconfig = formatKubeconfig({ clusters: [], users, contexts: [], currentContext: undefined });
  const admin: AdminKubeconfig = {
    cluster: { name: "prod", server: "https://prod.test" },
    context: "prod",
    entryDigest: "",
    kubeconfig,
  };
  return errorIfAny(() => {
    refuseCredentialCommand(admin, "file");
  });
}

describe("refuseCredentialCommand", () => {
  it.each([
    [{ exec: { command: "sh", args: ["-c", "SEEKRIT"] } }, 'run the command "sh" with 2 arguments (not shown)'],
    [{ exec: { command: "/tmp/\u001bevil" } }, '"/tmp/\\u001bevil" on this machine'],
    [{ exec: {} }, "run the command nothing"],
    [{ token: "SEEKRIT", exec: { command: "sh" } }, 'run the command "sh" on'],
    [{ "auth-provider": { name: "gcp", config: { "cmd-path": "sh" } } }, 'auth-provider "gcp"'],
    [{ "auth-provider": { name: "gcp", config: { "cmd-path": "sh" } } }, 'run "sh"'],
    [{ "auth-provider": { name: "oidc" } }, 'auth-provider "oidc" get credentials.'],
    [{ tokenFile: "/etc/token" }, 'content of the file "/etc/token" on this machine'],
  ])("refuses %j and names what it would do", (user, words) => {
    const error = refusal(user);
    if (error === undefined) {
      throw new Error("it is not refused");
    }
    expectError(error, "command-not-allowed", '"file": its user "jane"', words, "--allow-exec", "Nothing was run");
    expect(everythingOf(error)).not.toContain("SEEKRIT");
  });

  it.each([
    {},
    { token: "t" },
    { exec: null, "auth-provider": null, tokenFile: "" },
    { "client-certificate": "/a.crt", "client-key": "/a.key" },
    { username: "jane", password: "p" },
  ])("lets %j be", (user) => {
    expect(refusal(user)).toBeUndefined();
  });
});
