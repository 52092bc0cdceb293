import { proxyFor } from "../../../../components/cluster/connection/proxy";
import { errorOf, everythingOf, expectError } from "../../support/errors";
import { secretWord } from "../../support/secrets";

const server = new URL("https://prod.test:6443");
const environment = { HTTPS_PROXY: "http://environment.test" };

describe("proxyFor", () => {
  it("takes the kubeconfig's before the environment's, and whatever NO_PROXY says", () => {
    expect(proxyFor(server, "http://kubeconfig.test", { ...environment, NO_PROXY: "*" })?.host).toBe("kubeconfig.test");
    expect(proxyFor(server, undefined, environment)?.host).toBe("environment.test");
    expect(proxyFor(server, undefined, { ...environment, NO_PROXY: "*" })).toBeUndefined();
    expect(proxyFor(server, undefined, {})).toBeUndefined();
  });

  it.each([
    ["http://proxy.test", { kind: "http", host: "proxy.test", port: 80 }],
    ["http://proxy.test:3128", { kind: "http", port: 3128 }],
    ["https://proxy.test", { kind: "https", port: 443 }],
    ["https://proxy.test:3128", { kind: "https", port: 3128 }],
    ["socks5://proxy.test", { kind: "socks5", host: "proxy.test", port: 1080 }],
    ["socks5h://proxy.test:9050", { kind: "socks5", port: 9050 }],
    ["http://[fd00::1]:3128", { kind: "http", host: "fd00::1", port: 3128 }],
  ])("reads %s", (url, expected) => {
    expect(proxyFor(server, url, {})).toMatchObject({ ...expected, login: undefined });
  });

  it.each([
    ["jane:p%40ss%3a", { user: "jane", password: "p@ss:" }],
    ["jane", { user: "jane", password: "" }],
    [":only", { user: "", password: "only" }],
    ["100%:%zz", { user: "100%", password: "%zz" }],
  ])("reads the login %s, and does not put it into the title", (login, expected) => {
    const proxy = proxyFor(server, `http://${login}@proxy.test:3128`, {});
    expect(proxy?.login).toEqual(expected);
    expect(proxy?.title).toBe("proxy http://proxy.test:3128 (proxy-url)");
  });

  it.each([
    [`socks4://jane:${secretWord}@proxy.test`, undefined, "proxy-url"],
    [`ftp://jane:${secretWord}@proxy.test`, undefined, "proxy-url"],
    [`//jane:${secretWord}@proxy.test`, undefined, "proxy-url"],
    // No host: to Node that would be this machine.
    [`socks5:jane:${secretWord}@proxy.test`, undefined, "proxy-url"],
    ["socks5://", undefined, "proxy-url"],
    [undefined, `ftp://jane:${secretWord}@proxy.test`, "HTTPS_PROXY"],
  ])("refuses another protocol, and shows nothing of it: %s %s", (proxyUrl, HTTPS_PROXY, source) => {
    const error = errorOf(() => proxyFor(server, proxyUrl, { HTTPS_PROXY }));
    expectError(error, "server-unreachable", source, "http, https or socks5", "Nothing was sent");
    expect(everythingOf(error)).not.toContain(secretWord);
  });
});
