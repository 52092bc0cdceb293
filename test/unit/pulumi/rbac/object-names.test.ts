import { output, runtime } from "@pulumi/pulumi";
import { type ObjectOwner, objectIdentities, pathSegment } from "../../../../components/pulumi/rbac/object-names";

const jane: ObjectOwner = {
  urn: output("urn:pulumi:stack::project::kubernetes-user:index:KubernetesUser::jane"),
  username: output("jane"),
  place: output("https://cluster.test:6443 ca:0123"),
};

/** Name and field manager that a program gives to the objects of one key. */
async function identityOf(
  owner: Partial<ObjectOwner> = {},
  { key = "dev", organization = "acme" } = {},
): Promise<{ name: string; fieldManager: string }> {
  await runtime.setMocks(
    { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
    "p",
    "s",
    false,
    organization,
  );
  return new Promise((resolve) => {
    output(objectIdentities({ ...jane, ...owner })(key)).apply(resolve);
  });
}

describe("RBAC objects", () => {
  it("have names that say user and grant, and field managers of their own", async () => {
    const { name, fieldManager } = await identityOf();
    expect(name).toMatch(/^jane:dev-[0-9a-f]{8}$/);
    expect(fieldManager).toBe(`kubernetes-user-${name.slice(-8)}`);
  });

  it("have the same in every run", async () => {
    expect(await identityOf()).toEqual(await identityOf());
  });

  it.each<[string, Partial<ObjectOwner>, { key?: string; organization?: string }]>([
    ["for another grant", {}, { key: "test" }],
    ["for another resource, be the username the same", { urn: output("urn:pulumi:stack::project::x::joe") }, {}],
    ["in another organization", {}, { organization: "other" }],
    ["when a provider replaces another", { place: output("2f0c") }, {}],
  ])("have others %s", async (_, owner, options) => {
    const [first, second] = [await identityOf(), await identityOf(owner, options)];
    expect(second.name.slice(-8)).not.toBe(first.name.slice(-8));
    expect(second.fieldManager).not.toBe(first.fieldManager);
  });

  it("have names that are one segment of a URL's path, whatever the user is called", async () => {
    expect((await identityOf({ username: output("team/jane%") })).name).toMatch(/^team:jane::dev-[0-9a-f]{8}$/);
    expect(pathSegment("a/b%c")).toBe("a:b:c");
  });
});
