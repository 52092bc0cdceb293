import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clusterOfText, findCluster } from "../../../../cli/options/cluster-options";
import { formatKubeconfig } from "../../../../components/core/kubeconfig/kubeconfig-document";
import { errorOf, expectError } from "../../support/errors";

const text = formatKubeconfig({
  clusters: [{ name: "prod", value: { server: "https://prod.test" } }],
  users: [
    { name: "admin", value: { token: "t" } },
    { name: "evil", value: { exec: { apiVersion: "client.authentication.k8s.io/v1beta1", command: "evil" } } },
  ],
  contexts: [
    { name: "plain", value: { cluster: "prod", user: "admin" } },
    { name: "evil", value: { cluster: "prod", user: "evil" } },
  ],
  currentContext: "evil",
});

describe("a kubeconfig whose user runs a command", () => {
  let folder: string;
  let path: string;
  const before = process.env["KUBECONFIG"];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kubernetes-user-options-"));
    path = join(folder, "config");
    writeFileSync(path, text);
  });

  afterEach(() => {
    if (before === undefined) {
      delete process.env["KUBECONFIG"];
    } else {
      process.env["KUBECONFIG"] = before;
    }
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("is refused when it is named, or comes as a text", () => {
    expectError(
      errorOf(() => findCluster({ kubeconfig: path })),
      "command-not-allowed",
      path,
      '"evil"',
    );
    expectError(
      errorOf(() => clusterOfText(text, "standard input", {})),
      "command-not-allowed",
      "standard input",
    );
  });

  it("is taken with --allow-exec, with a context that runs nothing, and when it is the person's own", () => {
    expect(findCluster({ kubeconfig: path, allowExec: true }).context).toBe("evil");
    expect(clusterOfText(text, "standard input", { allowExec: true }).context).toBe("evil");
    expect(findCluster({ kubeconfig: path, context: "plain" }).context).toBe("plain");
    expect(clusterOfText(text, "standard input", { context: "plain" }).context).toBe("plain");
    process.env["KUBECONFIG"] = path;
    expect(findCluster({}).context).toBe("evil");
  });
});
