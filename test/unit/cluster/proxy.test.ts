import { proxyAgent, proxyOfEnvironment } from "../../../components/cluster/proxy";

const proxy = "http://proxy.test:3128";
const of = (server: string, environment: Readonly<Record<string, string>>): string | undefined =>
  proxyOfEnvironment(new URL(server), environment);

// As golang.org/x/net/http/httpproxy has it.
describe("proxyOfEnvironment", () => {
  it.each([
    [{ HTTPS_PROXY: proxy }, proxy],
    [{ https_proxy: proxy }, proxy],
    [{ HTTPS_PROXY: proxy, https_proxy: "http://other.test" }, proxy],
    [{ HTTPS_PROXY: "", https_proxy: proxy }, proxy],
    [{ HTTPS_PROXY: "proxy.test:3128" }, proxy],
    [{ HTTPS_PROXY: "socks5://proxy.test" }, "socks5://proxy.test"],
    [{ HTTP_PROXY: proxy, ALL_PROXY: proxy }, undefined],
    [{}, undefined],
  ])("of %j is %s for a server over https", (environment, expected) => {
    expect(of("https://prod.example.com:6443", environment)).toBe(expected);
  });

  it.each([
    "https://localhost:6443",
    "https://LOCALHOST",
    "https://127.0.0.1:6443",
    "https://127.9.9.9",
    "https://[::1]:6443",
  ])("is none for %s, which is this machine", (server) => {
    expect(of(server, { HTTPS_PROXY: proxy })).toBeUndefined();
  });

  it.each([
    ["*", "https://prod.example.com"],
    ["other.test, *", "https://prod.example.com"],
    ["example.com", "https://prod.example.com"],
    ["example.com", "https://example.com"],
    ["EXAMPLE.com", "https://Prod.Example.COM"],
    [".example.com", "https://prod.example.com"],
    ["*.example.com", "https://prod.example.com"],
    ["prod.example.com:6443", "https://prod.example.com:6443"],
    ["prod.example.com:443", "https://prod.example.com"],
    ["10.0.0.0/8", "https://10.1.2.3:6443"],
    ["10.1.2.3", "https://10.1.2.3:6443"],
    ["10.1.2.3:6443", "https://10.1.2.3:6443"],
    ["fd00::/8", "https://[fd00::1]:6443"],
    ["fd00::1", "https://[fd00::1]:6443"],
    ["fd00:0:0::1", "https://[fd00::1]:6443"],
    ["[fd00::1]:6443", "https://[fd00::1]:6443"],
    [" , example.com ", "https://prod.example.com"],
  ])("NO_PROXY %s keeps it away from %s", (exceptions, server) => {
    expect(of(server, { HTTPS_PROXY: proxy, NO_PROXY: exceptions })).toBeUndefined();
    expect(of(server, { HTTPS_PROXY: proxy, no_proxy: exceptions })).toBeUndefined();
  });

  it.each([
    ["", "https://prod.example.com"],
    ["example.com", "https://notexample.com"],
    [".example.com", "https://example.com"],
    ["*.example.com", "https://example.com"],
    ["prod.example.com:443", "https://prod.example.com:6443"],
    ["10.0.0.0/8", "https://11.1.2.3"],
    ["10.0.0.0/99", "https://10.1.2.3"],
    ["10.0.0.0/8", "https://prod.example.com"],
    ["10.1.2.3", "https://10.1.2.30"],
    ["fd00::/8", "https://[fe80::1]"],
    ["prod", "https://prod.example.com"],
    [":6443", "https://prod.example.com:6443"],
    ["example.com.evil.test", "https://example.com"],
  ])("NO_PROXY %s does not keep it away from %s", (exceptions, server) => {
    expect(of(server, { HTTPS_PROXY: proxy, NO_PROXY: exceptions })).toBe(proxy);
  });
});

describe("proxyAgent", () => {
  it.each(["ftp://proxy.test", "unix:///proxy"])("makes none of %s", (url) => {
    expect(() => proxyAgent(url, [])).toThrow("no proxy of the kind");
  });

  it("has a SOCKS proxy look up the server's name", () => {
    expect(proxyAgent("socks5://proxy.test", [])).toMatchObject({ shouldLookup: false });
  });
});
