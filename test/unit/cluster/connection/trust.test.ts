import http from "node:http";
import https from "node:https";
import tls, { type PeerCertificate } from "node:tls";
import { ConnectionError } from "../../../../components/cluster/connection/api-error";
import { Connector } from "../../../../components/cluster/connection/connection";
import { proxyFor } from "../../../../components/cluster/connection/proxy";
import { Trust, verifyAs } from "../../../../components/cluster/connection/trust";
import { openTunnel } from "../../../../components/cluster/connection/tunnel";
import { certificateAuthority } from "@kubernetes-user/toolchain/certificates";
import { secretWord } from "../../support/secrets";

const [named, system, own] = ["named", "system", "own"].map((name) => certificateAuthority(name).certificatePem);
const certificateAuthorityData = Buffer.from(String(named)).toString("base64");
const signal = new AbortController().signal;

beforeEach(() => {
  jest
    .spyOn(tls, "getCACertificates")
    .mockImplementation((type) => (type === "system" ? [String(system)] : [String(own), String(system)]));
});

afterEach(() => {
  jest.restoreAllMocks();
});

describe("Trust", () => {
  it("in a server is the kubeconfig's authority alone, or else this machine's", () => {
    expect(new Trust({ certificateAuthorityData }).forServer().ca).toEqual([named]);
    expect(new Trust({}).forServer().ca).toEqual([own, system]);
    expect(new Trust({ certificateAuthorityData: "" }).forServer().ca).toEqual([]);
  });

  it("in a proxy is both", () => {
    expect(new Trust({ certificateAuthorityData }).forProxy().ca).toEqual([named, own, system]);
    expect(new Trust({}).forProxy().ca).toEqual([own, system]);
  });
});

describe("verifyAs", () => {
  it("asks for a server by its name, never by its address", () => {
    expect(verifyAs("kube.test").servername).toBe("kube.test");
    expect(verifyAs("10.0.0.1").servername).toBe("");
    expect(verifyAs("::1").servername).toBe("");
  });

  it.each<[string, string, boolean]>([
    ["kube.test", "DNS:kube.test", true],
    ["kube.test", "DNS:other.test", false],
    ["10.0.0.1", "IP Address:10.0.0.1", true],
    ["10.0.0.1", "IP Address:10.0.0.2", false],
    ["10.0.0.1", "DNS:10.0.0.1.test", false],
  ])("holds %s against a certificate for %s, whatever host is connected to", (name, subjectaltname, matches) => {
    const certificate = { subject: {}, subjectaltname } as unknown as PeerCertificate;
    const wrong = verifyAs(name).checkServerIdentity("elsewhere.test", certificate);
    expect(wrong === undefined).toBe(matches);
  });

  it("trusts what is named as it is, also where it has not signed itself", () => {
    expect(new Trust({}).forServer().allowPartialTrustChain).toBe(true);
    expect(new Trust({}).forProxy().allowPartialTrustChain).toBe(true);
  });
});

// Where nothing is said, NODE_TLS_REJECT_UNAUTHORIZED=0 switches it off: test/tools/cli-status.test.mts tries that.
describe("verification", () => {
  it.each([
    [{}, true],
    [{ insecureSkipTlsVerify: true }, false],
  ])("of a server is asked for in so many words: %j", async (trust, rejectUnauthorized) => {
    const connect = jest.spyOn(tls, "connect");
    const connector = new Connector({ name: "test", server: "https://127.0.0.1:1", ...trust }, undefined, {});
    await expect(connector.connect({ url: new URL("https://127.0.0.1:1") }, undefined, signal)).rejects.toThrow();
    expect(connect).toHaveBeenCalledWith(expect.objectContaining({ rejectUnauthorized }));
  });

  it.each([
    [{ url: new URL("https://kube.test") }, { host: "kube.test", port: 443 }, "DNS:kube.test"],
    [{ url: new URL("https://[fe80::1]:6443") }, { host: "fe80::1", port: 6443 }, "IP Address:fe80::1"],
    // A zone says by which way an address is reached: no certificate holds it.
    [
      { url: new URL("https://[fe80::1]:6443"), hostname: "fe80::1%eth0" },
      { host: "fe80::1%eth0", port: 6443 },
      "IP Address:fe80::1",
    ],
  ])("of a server is by the name of its address: %j", async (place, address, subjectaltname) => {
    const connect = jest.spyOn(tls, "connect").mockImplementation(() => {
      throw new Error("not in this test");
    });
    const connector = new Connector({ name: "test", server: place.url.href }, undefined, {});
    await expect(connector.connect(place, undefined, signal)).rejects.toThrow("not in this test");
    const { host, port, servername, checkServerIdentity } = connect.mock.calls[0]?.[0] as tls.ConnectionOptions;
    expect({ host, port }).toEqual(address);
    expect(servername).toBe(subjectaltname.startsWith("DNS:") ? address.host : "");
    const [right, wrong] = [subjectaltname, "DNS:other.test"].map((name) =>
      checkServerIdentity?.("", { subject: {}, subjectaltname: name } as unknown as PeerCertificate),
    );
    expect([right, wrong === undefined]).toEqual([undefined, false]);
  });

  it.each([{ certificateAuthorityData }, { insecureSkipTlsVerify: true }])(
    "of a proxy is asked for in so many words: %j",
    async (trust) => {
      const request = jest.spyOn(https, "request");
      const proxy = proxyFor(new URL("https://kube.test"), "https://127.0.0.1:1", {});
      expect(proxy).toBeDefined();
      const opened = proxy && openTunnel(proxy, { host: "kube.test", port: 443 }, new Trust(trust), signal);
      await expect(opened).rejects.toThrow("ECONNREFUSED");
      const { ca } = new Trust(trust).forProxy();
      expect(request).toHaveBeenCalledWith(expect.objectContaining({ rejectUnauthorized: true, ca }));
    },
  );
});

it("a request to a proxy that Node refuses to make is told by its code, and not by what is wrong in it", async () => {
  const refusal = Object.assign(new TypeError(secretWord), { code: "ERR_INVALID_CHAR" });
  jest.spyOn(http, "request").mockImplementation(() => {
    throw refusal;
  });
  const proxy = proxyFor(new URL("https://kube.test"), "http://proxy.test", {});
  expect(proxy).toBeDefined();
  const opened = proxy && openTunnel(proxy, { host: "kube.test", port: 443 }, new Trust({}), signal);
  await expect(opened).rejects.toStrictEqual(
    new ConnectionError("ERR_INVALID_CHAR at the proxy http://proxy.test (proxy-url)"),
  );
});
