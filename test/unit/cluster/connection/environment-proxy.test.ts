import { type Environment, environmentProxy } from "../../../../components/cluster/connection/environment-proxy";
import { proxyExemptions } from "../../support/proxy-exemptions";

const found = (server: string, environment: Environment): string | undefined =>
  environmentProxy(new URL(server), environment)?.href;

const HTTPS_PROXY = "http://proxy.test:3128";

// As golang.org/x/net/http/httpproxy has it; test/tools/connections.test.mts asks kubectl the same.
describe("the environment's proxy", () => {
  it.each<[string, Environment, string | undefined]>([
    ["HTTPS_PROXY", { HTTPS_PROXY }, "http://proxy.test:3128/"],
    ["https_proxy", { https_proxy: HTTPS_PROXY }, "http://proxy.test:3128/"],
    ["upper case before lower case", { HTTPS_PROXY, https_proxy: "http://other.test" }, "http://proxy.test:3128/"],
    ["lower case for an empty one", { HTTPS_PROXY: "", https_proxy: HTTPS_PROXY }, "http://proxy.test:3128/"],
    ["nothing of HTTP_PROXY", { HTTP_PROXY: HTTPS_PROXY, http_proxy: HTTPS_PROXY }, undefined],
    ["nothing of ALL_PROXY", { ALL_PROXY: HTTPS_PROXY, all_proxy: HTTPS_PROXY }, undefined],
    ["an address without a scheme", { HTTPS_PROXY: "proxy.test:3128" }, "http://proxy.test:3128/"],
    ["an address that is a number", { HTTPS_PROXY: "10.0.0.1:3128" }, "http://10.0.0.1:3128/"],
    ["a scheme of its own", { HTTPS_PROXY: "socks5://proxy.test" }, "socks5://proxy.test"],
    ["an address with a path like another", { HTTPS_PROXY: "proxy.test/a://b" }, "http://proxy.test/a://b"],
    ["nothing of what is no address", { HTTPS_PROXY: "http://[" }, undefined],
    ["NO_PROXY before no_proxy", { HTTPS_PROXY, NO_PROXY: "other.test", no_proxy: "*" }, "http://proxy.test:3128/"],
    ["no_proxy for an empty NO_PROXY", { HTTPS_PROXY, NO_PROXY: "", no_proxy: "*" }, undefined],
  ])("is read from %s", (_, environment, expected) => {
    expect(found("https://prod.acme.test:6443", environment)).toBe(expected);
  });

  it.each([
    ["https://localhost:6443"],
    ["https://127.0.0.1"],
    ["https://127.8.9.10:6443"],
    ["https://[::1]:6443"],
    ["https://[::ffff:127.0.0.1]"],
  ])("is not for this machine: %s", (server) => {
    expect(found(server, { HTTPS_PROXY })).toBeUndefined();
  });

  it.each([":443", "xn--\u00fc"])(
    "for a name with a dot at its end is not left out by %s, which is no name",
    (NO_PROXY) => {
      expect(found("https://acme.test.", { HTTPS_PROXY, NO_PROXY })).toBe("http://proxy.test:3128/");
    },
  );

  it.each(proxyExemptions)("for %s with NO_PROXY %p is left out: %p", (server, NO_PROXY, leftOut) => {
    expect(found(server, { HTTPS_PROXY, NO_PROXY }) === undefined).toBe(leftOut);
  });
});
