import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import type * as SystemCaCertificates from "../../../../components/cluster/connection/system-ca-certificates";
import {
  caCertificatesIn,
  listedFolders,
  systemCaCertificates,
} from "../../../../components/cluster/connection/system-ca-certificates";
import { certificateAuthority } from "@kubernetes-user/toolchain/certificates";

describe("systemAuthorities", () => {
  it("are the system's and Node's own, each once", () => {
    const found = systemCaCertificates();
    expect(new Set(found).size).toBe(found.length);
    for (const type of ["system", "bundled", "extra"] as const) {
      expect(found).toEqual(expect.arrayContaining(tls.getCACertificates(type)));
    }
  });

  it.each([
    [{ SSL_CERT_DIR: "/a:/b" }, "linux", ["/a", "/b"]],
    [{ SSL_CERT_DIR: "/a::/b:" }, "linux", ["/a", "/b"]],
    // Node reads a single one itself.
    [{ SSL_CERT_DIR: "/a" }, "linux", []],
    [{ SSL_CERT_DIR: "" }, "linux", []],
    [{}, "linux", []],
    [{ SSL_CERT_DIR: "/a:/b" }, "darwin", []],
    [{ SSL_CERT_DIR: "C:\\a" }, "win32", []],
  ] as const)("in %j on %s are looked for in %j", (environment, platform, folders) => {
    expect(listedFolders(environment, platform)).toEqual(folders);
  });

  it("are also those in the folders of SSL_CERT_DIR, on Linux", async () => {
    const folder = await mkdtemp(join(tmpdir(), "authorities-"));
    const { certificatePem } = certificateAuthority("listed");
    await writeFile(join(folder, "listed.crt"), certificatePem);
    process.env["SSL_CERT_DIR"] = `${join(folder, "none")}:${folder}`;
    jest.isolateModules(() => {
      const path = "../../../../components/cluster/connection/system-ca-certificates";
      const found = jest.requireActual<typeof SystemCaCertificates>(path).systemCaCertificates();
      expect(found.includes(certificatePem)).toBe(process.platform === "linux");
    });
    delete process.env["SSL_CERT_DIR"];
    await rm(folder, { recursive: true });
  });

  it("are all certificates in a folder's files", async () => {
    const folder = await mkdtemp(join(tmpdir(), "authorities-"));
    const [a, b, c] = ["a", "b", "c"].map((name) => certificateAuthority(name));
    await writeFile(join(folder, "two.crt"), `# two\n${a?.certificatePem}${b?.certificatePem}${b?.keyPem}`);
    await writeFile(join(folder, "one"), String(c?.certificatePem));
    await writeFile(join(folder, "README"), "no certificate");
    await mkdir(join(folder, "more"));
    expect(new Set(caCertificatesIn(folder))).toEqual(new Set([a, b, c].map((each) => each?.certificatePem)));
    await rm(folder, { recursive: true });
    expect(caCertificatesIn(folder)).toEqual([]);
  });
});
