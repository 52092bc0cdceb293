import { KubeConfig } from "@kubernetes/client-node";
import { Credentials } from "../../../components/cluster/credentials";
import { parseKubeconfig } from "../../../components/core/kubeconfig-document";

/** What a request to a cluster says of verification: by itself, by its agent, whose word would count, and to a proxy. */
async function verification(cluster: object): Promise<readonly unknown[]> {
  const text = JSON.stringify({
    "current-context": "test",
    clusters: [{ name: "test", cluster: { server: "https://prod.test", ...cluster } }],
    users: [{ name: "admin", user: { token: "t" } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
  });
  const config = new KubeConfig();
  config.loadFromString(text);
  const credentials = new Credentials(config, parseKubeconfig(text, "test"));
  const { options } = await credentials.requestOptions(new AbortController().signal);
  const agent = { options: {}, proxyRequestOptions: {}, ...Object(options.agent) } as Record<string, object>;
  const said = [options, agent["options"], agent["proxyRequestOptions"]];
  return said.map((options) => ({ rejectUnauthorized: undefined, ...options }).rejectUnauthorized);
}

// Where nothing is said, NODE_TLS_REJECT_UNAUTHORIZED=0 switches it off: test/tools/cli-status.test.mts tries that.
describe("verification of servers", () => {
  it.each([
    ["a server", {}, [true, undefined, undefined]],
    ["a server behind a proxy, and of the proxy", { "proxy-url": "https://proxy.test" }, [true, undefined, true]],
    ["a server behind a SOCKS proxy", { "proxy-url": "socks5://proxy.test" }, [true, undefined, undefined]],
    ["none with insecure-skip-tls-verify", { "insecure-skip-tls-verify": true }, [false, undefined, undefined]],
  ])("is asked for in so many words of %s", async (_, cluster, said) => {
    expect(await verification(cluster)).toEqual(said);
  });
});
