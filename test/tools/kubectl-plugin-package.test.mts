import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { packageVersion, thirdPartyLicenses } from "../../packaging/bundles.mts";
import { buildKubectlPlugin, krewManifest, packKubectlPlugin } from "../../packaging/kubectl-plugin.mts";
import { packageFolders } from "../../packaging/third-party-licenses.mts";

const places = { downloadUrl: "https://git.test/owner/repo/releases/download/v0.1.0", homepage: "https://git.test/" };
const release = {
  version: "1.2.3",
  homepage: "https://git.test/owner/repo",
  uri: "https://git.test/owner/repo/x.tar.gz",
  sha256: "0123456789abcdef".repeat(4),
};

/** What krew wants of a manifest (its validation.go and its guide for developers). */
interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly version: string;
    readonly homepage: string;
    readonly shortDescription: string;
    readonly description: string;
    readonly platforms: readonly [
      {
        readonly selector: unknown;
        readonly uri: string;
        readonly sha256: string;
        readonly bin: string;
      },
    ];
  };
}

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kubernetes-user-kubectl-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("the command as a plugin of kubectl", () => {
  it("comes in an archive that the manifest describes, the same each time", async () => {
    const [[archive, manifest], [again]] = await Promise.all([
      packKubectlPlugin(join(folder, "one"), places),
      packKubectlPlugin(join(folder, "two"), places),
    ]);
    const bytes = await readFile(archive);
    expect(bytes.equals(await readFile(again))).toBe(true);
    expect(bytes.length).toBeLessThan(1_000_000);
    const { apiVersion, kind, metadata, spec } = parse(await readFile(manifest, "utf8")) as Manifest;
    expect([apiVersion, kind, metadata.name]).toEqual([
      "krew.googlecontainertools.github.com/v1alpha2",
      "Plugin",
      "kubernetes-user",
    ]);
    const version = await packageVersion();
    expect(spec).toMatchObject({ version: `v${version}`, homepage: places.homepage });
    expect(spec.shortDescription.length).toBeLessThanOrEqual(50);
    expect(spec.description.trim()).not.toBe("");
    const [platform, ...others] = spec.platforms;
    expect(others).toEqual([]);
    expect(platform).toEqual({
      selector: { matchExpressions: [{ key: "os", operator: "In", values: ["darwin", "linux"] }] },
      uri: `${places.downloadUrl}/kubectl-kubernetes_user-v${version}.tar.gz`,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      bin: "kubectl-kubernetes_user",
    });
    const listed = execFileSync("tar", ["-tvzf", archive], { encoding: "utf8" });
    expect(listed).toMatch(/^-rwxr-xr-x .* kubectl-kubernetes_user$/m);
    expect(listed).toMatch(/^-rw-r--r-- .* dist\/cli\/main\.js$/m);
  }, 60_000);

  it("has the licence of each package that it bundles", async () => {
    const modules = await buildKubectlPlugin(folder);
    const text = await readFile(join(folder, thirdPartyLicenses), "utf8");
    const names = packageFolders(modules).map((path) => path.replace(/^.*node_modules\//, ""));
    expect(names).toEqual(expect.arrayContaining(["commander", "yaml", "@kubernetes/client-node"]));
    expect(names.filter((name) => !new RegExp(`^${name} \\d`, "m").test(text))).toEqual([]);
    expect(names.filter((name) => name.startsWith("@pulumi/"))).toEqual([]);
  }, 60_000);
});

describe("krew's manifest", () => {
  it("has no part of the template left", async () => {
    const text = await krewManifest(release);
    expect(text).not.toMatch(/\$\{|^#/m);
    expect(text).toContain(release.sha256);
  });

  it.each([
    ["version", "v1.2.3"],
    ["homepage", "http://git.test/"],
    ["uri", 'https://git.test/x.tar.gz"\n      files: []\n      # .tar.gz'],
    ["uri", "https://git.test/x.zip"],
    ["sha256", "0123"],
  ])("is not made with %s %j", async (name, value) => {
    await expect(krewManifest({ ...release, [name]: value })).rejects.toThrow(`krew: ${name}: expected what matches`);
  });
});
