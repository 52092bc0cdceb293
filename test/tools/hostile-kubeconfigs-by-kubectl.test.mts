import fc from "fast-check";
import { mergeIntoKubeconfig } from "../../cli/kubeconfigs/merge.ts";
import {
  type KubeconfigDocument,
  formatKubeconfig,
  mergeKubeconfigTexts,
} from "../../components/core/kubeconfig/kubeconfig-document.ts";
import { userKubeconfig } from "../../components/core/kubeconfig/user-kubeconfig.ts";
import { Folder } from "../engine/support/cli.mts";
import { hostileNames } from "../unit/support/hostile-names.ts";
import { readByKubectl } from "../engine/support/read-by-kubectl.mts";

describe("YAML of this project, read by kubectl", () => {
  let folder: Folder;

  beforeAll(async () => {
    folder = await Folder.create();
  });

  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  const sorted = (names: readonly string[]): string[] => [...names].sort();

  /** Entries of these names, every one of which kubectl has to read. */
  async function expectRead(names: readonly string[], text: (document: KubeconfigDocument) => string): Promise<void> {
    const document = {
      clusters: names.map((name) => ({ name, value: { server: "https://a.test" } })),
      users: names.map((name) => ({ name, value: { username: name } })),
      contexts: names.map((name) => ({ name, value: { cluster: name, user: name, namespace: name } })),
      currentContext: names[0],
    };
    const read = await readByKubectl(await folder.write("config", text(document)));
    expect(sorted(read.clusters?.map(({ name }) => name) ?? [])).toEqual(sorted(names));
    expect(read.users?.map(({ user }) => user["username"])).toEqual(read.users?.map(({ name }) => name));
    expect(sorted(read.users?.map(({ name }) => name) ?? [])).toEqual(sorted(names));
    expect(read.contexts?.map(({ context }) => context)).toEqual(
      read.contexts?.map(({ name }) => ({ cluster: name, user: name, namespace: name })),
    );
    expect(read["current-context"]).toBe(names[0]);
  }

  it("has every name as it is, however hostile", async () => {
    await expectRead(hostileNames, formatKubeconfig);
    await expectRead(hostileNames, (document) => mergeKubeconfigTexts([formatKubeconfig(document)]));
  });

  it("has any name as it is", async () => {
    const names = fc.uniqueArray(fc.string({ unit: "binary", minLength: 1 }), { minLength: 50, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(names, (names) => expectRead(names, formatKubeconfig)),
      { numRuns: 5, endOnFailure: true },
    );
  });

  it("has one user and no other line in a kubeconfig without a key", async () => {
    for (const name of hostileNames) {
      const cluster = { name, server: "https://a.test" };
      const options = { cluster, username: "jane", certificate: "x", privateKey: undefined, namespace: undefined };
      const read = await readByKubectl(await folder.write("keyless", userKubeconfig(options)));
      expect(read.users?.map((entry) => entry.name)).toEqual([`jane@${name}`]);
      expect(read["current-context"]).toBe(`jane@${name}`);
    }
  });

  it("has the same names after a merge, in YAML and in JSON", async () => {
    const other = 'clusters:\n- name: zoë!\n  cluster: {server: "https://b.test"}\n';
    for (const text of [other, other.replaceAll("\n", "\r\n"), JSON.stringify({ clusters: [], kind: "Config" })]) {
      const target = { text, source: "config", folder: folder.path, readFile: () => "" };
      const added = {
        clusters: hostileNames.map((name) => ({ name, value: { server: "https://a.test" } })),
        users: hostileNames.map((name) => ({ name, value: { "client-certificate-data": "" } })),
        contexts: hostileNames.map((name) => ({ name, value: { cluster: name, user: name } })),
        currentContext: hostileNames.at(-1),
      };
      const read = await readByKubectl(await folder.write("merged", mergeIntoKubeconfig(target, added)));
      const names = read.clusters?.map(({ name }) => name).filter((name) => name !== "zoë!");
      expect(sorted(names ?? [])).toEqual(sorted(hostileNames));
      expect(read["current-context"]).toBe(hostileNames.at(-1));
    }
  });
});
