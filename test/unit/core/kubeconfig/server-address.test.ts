import { readServerAddress, requestTarget } from "../../../../components/core/kubeconfig/server-address";

describe("readServerAddress", () => {
  it.each([
    ["https://prod.test", "https://prod.test/", undefined],
    ["HTTPS://prod.test:6443/k8s/clusters/c-1", "https://prod.test:6443/k8s/clusters/c-1", undefined],
    ["https://[::1]:6443", "https://[::1]:6443/", undefined],
    ["https://[fe80::1%25eth0]:6443/path", "https://[fe80::1]:6443/path", "eth0"],
    ["https://prod.test/https://[fe80::1%25eth0]", "https://prod.test/https://[fe80::1%25eth0]", undefined],
    ["https://[fe80::1%25en-0.1_a~]", "https://[fe80::1]/", "en-0.1_a~"],
  ])("reads %s", (server, url, zone) => {
    const address = readServerAddress(server);
    expect([address?.url.href, address?.zone]).toEqual([url, zone]);
  });

  it.each([
    "",
    "prod.test",
    "http://prod.test",
    "ftp://prod.test",
    "https://",
    "https:///path",
    "https:/prod.test",
    "https:\\\\prod.test",
    "https://prod.test\\@other.test",
    "https://prod.test ",
    " https://prod.test",
    "https://prod.test\n",
    "https://prod\u0085.test",
    "https://prod\u2028.test",
    "https://prod\u200b.test",
    "https://[fe80::1%eth0]",
    "https://[fe80::1%25]",
    "https://[fe80::1%25eth0@other.test]",
    "https://[fe80::1%25eth0",
    "https://[::1",
    "https://127.0.0.1:x",
  ])("refuses %j", (server) => {
    expect(readServerAddress(server)).toBeUndefined();
  });
});

describe("requestTarget", () => {
  it.each([
    ["https://prod.test:6443/base", "https://prod.test:6443/base/api?watch=1", {}],
    ["https://[::1]:6443", "https://[::1]:6443/api?watch=1", {}],
    ["https://[fe80::1%25eth0]:6443", "https://[fe80::1]:6443/api?watch=1", { hostname: "fe80::1%eth0" }],
  ])("asks %s in the way of Node", (server, href, options) => {
    const target = requestTarget(server, "/api?watch=1");
    expect([target.url.href, target.options]).toEqual([href, options]);
  });
});
