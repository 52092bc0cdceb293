import { type Environment, environmentProxy } from "../../../components/cluster/environment-proxy";

const found = (server: string, environment: Environment): string | undefined =>
  environmentProxy(new URL(server), environment)?.href;

const HTTPS_PROXY = "http://proxy.test:3128";

// What Go's golang.org/x/net/http/httpproxy says to each.
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

  it.each([
    // Names
    ["https://acme.test", "acme.test", true],
    ["https://prod.acme.test", "acme.test", true],
    ["https://notacme.test", "acme.test", false],
    ["https://acme.test.evil.test", "acme.test", false],
    ["https://prod.acme.test", ".acme.test", true],
    ["https://acme.test", ".acme.test", false],
    ["https://prod.acme.test", "*.acme.test", true],
    ["https://acme.test", "*.acme.test", false],
    ["https://prod.acme.test", "ACME.Test", true],
    ["https://PROD.acme.test", "prod.acme.test", true],
    ["https://prod.acme.test", "*acme.test", false],
    ["https://prod.acme.test", "prod.*", false],
    ["https://m\u00fcller.test", "M\u00fcller.test", true],
    ["https://xn--mller-kva.test", "m\u00fcller.test", true],
    // Ports
    ["https://acme.test:6443", "acme.test:6443", true],
    ["https://acme.test:6443", "acme.test:443", false],
    ["https://acme.test", "acme.test:443", true],
    ["https://acme.test:443", "acme.test:443", true],
    ["https://acme.test", "acme.test:80", false],
    ["https://acme.test", "acme.test:", true],
    ["https://acme.test", ":443", false],
    // Addresses
    ["https://10.1.2.3", "10.1.2.3", true],
    ["https://10.1.2.4", "10.1.2.3", false],
    ["https://10.1.2.3:6443", "10.1.2.3:6443", true],
    ["https://10.1.2.3:6443", "10.1.2.3:443", false],
    ["https://110.1.2.3", "10.1.2.3", false],
    ["https://10.1.2.3.test", "10.1.2.3", false],
    ["https://[fd00::1]", "FD00:0::1", true],
    ["https://[fd00::1]:6443", "[fd00::1]:6443", true],
    ["https://[fd00::1]:6443", "[fd00::1]:443", false],
    ["https://[fd00::1]", "[fd00::1]", false],
    ["https://[::ffff:10.1.2.3]", "10.1.2.3", true],
    // Networks
    ["https://10.1.2.3", "10.0.0.0/8", true],
    ["https://11.1.2.3", "10.0.0.0/8", false],
    ["https://10.1.2.3", "10.200.0.1/8", true],
    ["https://10.1.2.3", "0.0.0.0/0", true],
    ["https://10.1.2.3", "10.0.0.0/33", false],
    ["https://10.1.2.3", "10.0.0.0/", false],
    ["https://[fd00::1]", "fd00::/16", true],
    ["https://[fe00::1]", "fd00::/16", false],
    ["https://prod.acme.test", "10.0.0.0/8", false],
    // Lists
    ["https://prod.acme.test", "*", true],
    ["https://prod.acme.test", "a.test, *", true],
    ["https://prod.acme.test", " a.test ,\tacme.test ", true],
    ["https://prod.acme.test", ",,", false],
    ["https://prod.acme.test", "a.test acme.test", false],
    ["https://prod.acme.test", "", false],
  ])("for %s with NO_PROXY %p is left out: %p", (server, NO_PROXY, leftOut) => {
    expect(found(server, { HTTPS_PROXY, NO_PROXY }) === undefined).toBe(leftOut);
  });
});
