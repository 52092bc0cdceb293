import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { objectsIn, readManifests, requestsOf as requestsAmong } from "../../../../cli/requests/manifests";
import { errorOf, expectError, rejectionOf } from "../../support/errors";
import { janesRequest } from "../../support/issuances";

const manifest = janesRequest();
const { signal } = new AbortController();
const requestsOf = (text: string, path: string): ReturnType<typeof requestsAmong> =>
  requestsAmong(objectsIn(text, path), path);

describe("requestsOf", () => {
  it("finds CertificateSigningRequests among other documents, and in lists", () => {
    const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name: "role" } };
    const list = { apiVersion: "v1", kind: "List", items: [role, janesRequest(1)] };
    const text = [role, manifest, list].map((object) => stringify(object)).join("---\n");
    const found = requestsOf(`---\n${text}---\n# nothing\n`, "all.yaml");
    expect(found.map(({ name }) => name)).toEqual([manifest.metadata.name, janesRequest(1).metadata.name]);
    expect(found[0]?.spec).toMatchObject(manifest.spec);
  });

  it("reads JSON, and base64 that is folded", () => {
    const folded = manifest.spec.request.replace(/(.{64})/g, "$1\n");
    const text = JSON.stringify({ ...manifest, spec: { ...manifest.spec, request: folded } });
    expect(requestsOf(text, "jane.json")[0]?.spec.request).toBe(manifest.spec.request);
  });

  it.each([
    ["a: [", "is not YAML in line 1"],
    ["*nothing", "does not resolve"],
    [
      stringify({ ...manifest, metadata: {} }),
      "without metadata.name, or without spec.request, spec.signerName and spec.usages",
    ],
    [
      stringify({ ...manifest, spec: {} }),
      "without metadata.name, or without spec.request, spec.signerName and spec.usages",
    ],
  ])("refuses %j", (text, words) => {
    expectError(
      errorOf(() => requestsOf(text, "jane.yaml")),
      "file-unreadable",
      '"jane.yaml"',
      words,
    );
  });

  // What kubectl reads otherwise than a parser of YAML 1.2.
  it.each([
    ["U+0085", "# nothing\u0085---\u0085kind: ClusterRoleBinding"],
    ["U+2028", "a: 1 # nothing\u2028---\u2028kind: ClusterRoleBinding"],
    ["U+2029", '{"a": "\u2029"}'],
  ])("refuses %s, which kubectl takes for a line break", (name, text) => {
    const error = errorOf(() => objectsIn(text, "jane.yaml"));
    expectError(error, "file-unreadable", `holds ${name} in line 1, which is a line break for kubectl alone`);
  });

  it("reads merge keys as kubectl does, and refuses tags by which a text is another", () => {
    const text = "a: &a { kind: Role }\nb: { <<: *a, name: b }\n";
    expect(objectsIn(text, "a.yaml")).toMatchObject([{ b: { kind: "Role", name: "b" } }]);
    for (const tagged of ["name: !!binary amFuZQ==", "- !jane {}", "a: !!str 1", "!!map {}"]) {
      expectError(
        errorOf(() => objectsIn(tagged, "a.yaml")),
        "file-unreadable",
        "holds a tag",
      );
    }
  });

  it("finds what kubectl finds in lists: typed ones, whose items need not say their kind, and lists in lists", () => {
    const typed = { apiVersion: "certificates.k8s.io/v1", kind: "CertificateSigningRequestList" };
    const { metadata, spec } = manifest;
    const nested = { kind: "List", items: [{ kind: "List", items: [{ ...typed, items: [{ metadata, spec }] }] }] };
    expect(requestsOf(stringify(nested), "jane.yaml")).toMatchObject([{ name: metadata.name }]);
  });

  it("takes a kind of the same name from another group for what it is", () => {
    expect(requestsOf(stringify({ ...manifest, apiVersion: "example.com/v1" }), "jane.yaml")).toEqual([]);
  });
});

describe("readManifests", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kubernetes-user-manifests-"));
    mkdirSync(join(folder, "empty"));
    writeFileSync(join(folder, "b.yaml"), stringify(janesRequest(1)));
    writeFileSync(join(folder, "a.json"), JSON.stringify(janesRequest(0)));
    writeFileSync(join(folder, "c.yml"), stringify(janesRequest(2)));
    writeFileSync(join(folder, "notes.txt"), "a: [");
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("reads the YAML and JSON files of a folder, in order of their names", async () => {
    const { requests } = await readManifests([folder], signal);
    expect(requests.map(({ name }) => name)).toEqual([0, 1, 2].map((index) => janesRequest(index).metadata.name));
  });

  it.each(["empty", "absent", "notes.txt"])("refuses what holds none: %s", async (name) => {
    expectError(await rejectionOf(readManifests([join(folder, name)], signal)), "file-unreadable", name);
  });
});
