import { type ProviderResource, output, runtime } from "@pulumi/pulumi";
import { type Cluster } from "../../../components/core/cluster";
import { type ObjectOwner, objectNames, pathSegment } from "../../../components/pulumi/object-names";

const cluster: Cluster = { name: "prod", server: "https://cluster.test:6443" };

/** A provider, of which only the id matters. */
function provider(id: string): ProviderResource {
  return { id: output(id) } as unknown as ProviderResource;
}

/** The name that a program gives to the objects of one key. */
async function nameIn(
  owner: Partial<ObjectOwner> = {},
  { project = "project", stack = "stack", organization = "acme", key = "dev" } = {},
): Promise<string> {
  await runtime.setMocks(
    { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
    project,
    stack,
    false,
    organization,
  );
  return named({ ...owner }, key);
}

/** The name that the present program gives. */
function named(owner: Partial<ObjectOwner>, key = "dev"): Promise<string> {
  const names = objectNames({
    name: "jane",
    username: "jane",
    provider: undefined,
    cluster: output(cluster),
    ...owner,
  });
  return new Promise((resolve) => {
    names(key).apply(resolve);
  });
}

describe("the names of RBAC objects", () => {
  it("say user and grant, and come again in every run", async () => {
    const first = await nameIn();
    expect(first).toMatch(/^jane:dev-[0-9a-f]{8}$/);
    expect(await nameIn()).toBe(first);
    expect(await nameIn({ username: output("jane") })).toBe(first);
    expect(await nameIn({ name: "renamed" })).toBe(first);
  });

  it("come again with the same provider, whatever becomes of the kubeconfig", async () => {
    const first = await nameIn({ provider: provider("one") });
    expect(await nameIn({ provider: provider("one"), cluster: output({ ...cluster, name: "other" }) })).toBe(first);
  });

  it.each<[string, () => Promise<string>]>([
    ["another grant", () => nameIn({}, { key: "test" })],
    ["another user", () => nameIn({ username: "joe" })],
    ["another stack", () => nameIn({}, { stack: "other" })],
    ["another project", () => nameIn({}, { project: "other" })],
    ["another organization", () => nameIn({}, { organization: "other" })],
    ["another address of the cluster", () => nameIn({ cluster: output({ ...cluster, server: "https://other.test" }) })],
    ["another authority", () => nameIn({ cluster: output({ ...cluster, certificateAuthorityData: "x" }) })],
    ["a provider in place of the default one", () => nameIn({ provider: provider("one") })],
  ])("differ for %s", async (_, other) => {
    expect((await other()).slice(-8)).not.toBe((await nameIn()).slice(-8));
  });

  it("differ when a provider replaces another", async () => {
    expect(await nameIn({ provider: provider("two") })).not.toBe(await nameIn({ provider: provider("one") }));
  });

  it("differ for two resources of one username", async () => {
    const first = await nameIn();
    expect(await named({ name: "jane-again" })).not.toBe(first);
  });

  it("are one segment of a URL's path, whatever the user is called", async () => {
    expect(await nameIn({ username: "team/jane%" })).toMatch(/^team:jane::dev-[0-9a-f]{8}$/);
    expect(pathSegment("a/b%c")).toBe("a:b:c");
  });

  it("need no organization in a test with mocks", async () => {
    await runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) });
    expect(await named({})).toMatch(/^jane:dev-/);
  });
});
