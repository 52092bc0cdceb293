import { execInfo, execPlugin } from "../../../../components/cluster/credentials/exec-plugin";

const apiVersion = "client.authentication.k8s.io/v1";
const cluster = {
  name: "prod",
  server: "https://prod.test/k8s",
  certificateAuthorityData: "Y2E=",
  tlsServerName: "kube.test",
  proxyUrl: "http://proxy.test/",
  disableCompression: true,
};
const entry = {
  server: "https://prod.test/k8s",
  "proxy-url": "http://jane:p@proxy.test",
  extensions: [
    { name: "other", extension: { no: true } },
    { name: "client.authentication.k8s.io/exec", extension: { audience: "prod" } },
  ],
};

const plugin = (exec: object) => execPlugin({ exec: { command: "login", apiVersion, ...exec } }, cluster, entry);

/** What a plugin finds in KUBERNETES_EXEC_INFO. */
function info(exec: object, interactive = false): unknown {
  const found = plugin(exec);
  return found === undefined ? undefined : (JSON.parse(execInfo(found, interactive)) as unknown);
}

describe("execPlugin", () => {
  it("reads command, arguments and variables", () => {
    const env = [{ name: "A", value: "1" }, { name: "B" }, { name: "A", value: "2" }];
    expect(plugin({ args: ["a", "b"], env, installHint: "apt" })).toMatchObject({
      ...{ command: "login", args: ["a", "b"], env: { A: "2", B: "" }, apiVersion, installHint: "apt" },
    });
    expect(plugin({ args: null, env: null, installHint: "" })).toMatchObject({
      ...{ args: [], env: {}, installHint: undefined, interactiveMode: "IfAvailable" },
    });
    const odd = ["A", null, { value: "1" }, { name: 7 }, { name: "C", value: 7 }];
    expect(plugin({ env: odd })?.env).toEqual({ C: "" });
    expect(plugin({ command: 7 })).toBeUndefined();
    expect(execPlugin({}, cluster, entry)).toBeUndefined();
    expect(execPlugin({ exec: null }, cluster, entry)).toBeUndefined();
  });

  it.each(["Never", "IfAvailable", "Always"])("reads interactiveMode %s", (interactiveMode) => {
    expect(plugin({ interactiveMode })).toMatchObject({ interactiveMode });
  });
});

describe("execInfo", () => {
  it.each([true, false])("says whether there is a terminal: %p", (interactive) => {
    expect(info({}, interactive)).toEqual({ kind: "ExecCredential", apiVersion, spec: { interactive } });
  });

  it("says nothing of the cluster unless it is asked for", () => {
    expect(info({ provideClusterInfo: false })).toEqual({
      kind: "ExecCredential",
      apiVersion,
      spec: { interactive: false },
    });
  });

  it("tells of the cluster all that client-go tells", () => {
    expect(info({ provideClusterInfo: true })).toEqual({
      kind: "ExecCredential",
      apiVersion,
      spec: {
        interactive: false,
        cluster: {
          server: "https://prod.test/k8s",
          "tls-server-name": "kube.test",
          "certificate-authority-data": "Y2E=",
          "proxy-url": "http://jane:p@proxy.test",
          "disable-compression": true,
          config: { audience: "prod" },
        },
      },
    });
    const bare = execPlugin(
      { exec: { command: "login", apiVersion, provideClusterInfo: true } },
      { name: "prod", server: "https://a.test", insecureSkipTlsVerify: true },
      { "proxy-url": "" },
    );
    expect(bare?.cluster).toEqual({ server: "https://a.test", "insecure-skip-tls-verify": true });
  });
});
