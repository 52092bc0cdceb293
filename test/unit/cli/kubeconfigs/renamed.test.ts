import { readReceivedKubeconfig } from "../../../../cli/kubeconfigs/received-kubeconfig";
import { renamed } from "../../../../cli/kubeconfigs/renamed";
import { mergeKubeconfigTexts } from "../../../../components/core/kubeconfig/kubeconfig-document";
import { userKubeconfig } from "../../../../components/core/kubeconfig/user-kubeconfig";
import { errorOf, expectError } from "../../support/errors";
import { requestOf, signCertificate } from "../../support/test-authority";

const identity = { username: "jane", groups: [] };
const now = Date.UTC(2026, 10, 1);
const certificate = signCertificate({ ...identity, request: requestOf(identity), notBefore: now, notAfter: now + 1 });

const keyless = (name: string, contextName?: string): string =>
  userKubeconfig({
    cluster: { name, server: `https://${name}.test` },
    ...{ contextName, username: "jane", certificate, privateKey: undefined, namespace: undefined },
  });
const read = (text: string): ReturnType<typeof readReceivedKubeconfig> => readReceivedKubeconfig(text, "file");

describe("renamed", () => {
  it("leaves everything as it came without names", () => {
    const received = read(keyless("kubernetes"));
    expect(renamed(received, {})).toEqual(received);
  });

  it("calls the user and the context after the cluster", () => {
    expect(renamed(read(keyless("kubernetes")), { clusterName: "prod" })).toMatchObject({
      clusters: [{ name: "prod", server: "https://kubernetes.test" }],
      users: [{ name: "jane@prod" }],
      contexts: [{ name: "jane@prod", cluster: "prod", user: "jane@prod" }],
      currentContext: "jane@prod",
    });
  });

  it("calls the context as it is told, and keeps one that has a name of its own", () => {
    expect(renamed(read(keyless("kubernetes")), { contextName: "mine" })).toMatchObject({
      contexts: [{ name: "mine", user: "jane@kubernetes" }],
      currentContext: "mine",
    });
    expect(renamed(read(keyless("kubernetes", "theirs")), { clusterName: "prod" })).toMatchObject({
      contexts: [{ name: "theirs", cluster: "prod", user: "jane@prod" }],
      currentContext: "theirs",
    });
  });

  it.each(["clusterName", "contextName"])("refuses %s for a file with several", (option) => {
    const both = read(mergeKubeconfigTexts([keyless("one"), keyless("two")]));
    expectError(
      errorOf(() => renamed(both, { [option]: "name" })),
      "invalid-arguments",
      "got one with 2",
    );
  });
});
