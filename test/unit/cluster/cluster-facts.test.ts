import { type IncomingMessage, type ServerResponse } from "node:http";
import { ClusterFacts } from "../../../components/cluster/cluster-facts";
import { aggregatedDiscovery } from "../../../components/core/rbac/api-resources";
import { base64, authority, caller, end, port, server, useServer } from "../support/https-server";
import { refusal } from "../support/refusals";
import { secretWord, token } from "../support/secrets";

useServer();

/** What the server was asked for. */
let asked: IncomingMessage[];

const facts = (cluster: object = {}): ClusterFacts => {
  const trusted = { "certificate-authority-data": base64(authority.certificatePem), ...cluster };
  const kubeconfig = JSON.stringify({
    "current-context": "test",
    clusters: [{ name: "test", cluster: { server: `https://127.0.0.1:${port()}`, ...trusted } }],
    users: [{ name: "admin", user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
  });
  return new ClusterFacts(kubeconfig, caller.signal);
};

/** Has the server answer each path; 404 where it has nothing. */
function serve(answers: Readonly<Record<string, unknown>>): void {
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    asked.push(request);
    const { [request.url ?? ""]: answer } = answers;
    response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer));
  });
}

function refuse(status: number, message = ""): void {
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    asked.push(request);
    // One of two requests may come when the other's answer has ended the test.
    response.writeHead(status, { connection: "close" }).end(JSON.stringify({ kind: "Status", message }));
  });
}

beforeEach(() => {
  asked = [];
});

const rbac = "/apis/rbac.authorization.k8s.io/v1";

describe("ClusterFacts", () => {
  it.each<[string, (of: ClusterFacts) => Promise<unknown>, string]>([
    ["a namespace", (of) => of.hasNamespace("dev"), "/api/v1/namespaces/dev"],
    ["a Role", (of) => of.hasRole("dev", "reader"), `${rbac}/namespaces/dev/roles/reader`],
    ["a ClusterRole", (of) => of.hasClusterRole("view"), `${rbac}/clusterroles/view`],
  ])("finds out whether there is %s, with a request that changes nothing, once", async (_, look, path) => {
    serve({ [path]: {} });
    const there = facts();
    expect(await Promise.all([look(there), look(there)])).toEqual([{ value: true }, { value: true }]);
    expect(await look(there)).toEqual({ value: true });
    expect(asked.map(({ method, url }) => `${String(method)} ${String(url)}`)).toEqual([`GET ${path}`]);
    expect(asked[0]?.headers).toMatchObject({ accept: "application/json", authorization: `Bearer ${token}` });
  });

  it("tells apart what is there and what is not, by kind, namespace and name", async () => {
    serve({ "/api/v1/namespaces/dev": {}, [`${rbac}/namespaces/dev/roles/view`]: {} });
    const some = facts();
    expect(await some.hasNamespace("dev")).toEqual({ value: true });
    expect(await some.hasNamespace("test")).toEqual({ value: false });
    expect(await some.hasRole("dev", "view")).toEqual({ value: true });
    expect(await some.hasRole("dev", "edit")).toEqual({ value: false });
    expect(await some.hasRole("test", "view")).toEqual({ value: false });
    expect(await some.hasClusterRole("view")).toEqual({ value: false });
  });

  it("asks for a name that holds signs of a path or a query as for any other", async () => {
    serve({});
    const some = facts();
    await some.hasNamespace("../nodes?watch=1");
    await some.hasRole("a/b", "c/../d");
    await some.hasClusterRole("e?f#g");
    expect(asked.map(({ url }) => url)).toEqual([
      "/api/v1/namespaces/..%2Fnodes%3Fwatch%3D1",
      `${rbac}/namespaces/a%2Fb/roles/c%2F..%2Fd`,
      `${rbac}/clusterroles/e%3Ff%23g`,
    ]);
  });

  it("lists what the cluster serves, in its own and in all other groups, once", async () => {
    const document = (group: string, resource: string): object => ({
      kind: "APIGroupDiscoveryList",
      items: [{ metadata: { name: group }, versions: [{ resources: [{ resource, scope: "Namespaced" }] }] }],
    });
    serve({ "/api": document("", "pods"), "/apis": document("apps", "deployments") });
    const all = facts();
    const expected = {
      value: [
        { group: "", name: "pods", aliases: [], namespaced: true, verbs: [] },
        { group: "apps", name: "deployments", aliases: [], namespaced: true, verbs: [] },
      ],
    };
    expect(await Promise.all([all.resources(), all.resources()])).toEqual([expected, expected]);
    expect(asked.map(({ url }) => url).toSorted()).toEqual(["/api", "/apis"]);
    expect(new Set(asked.map(({ headers }) => headers.accept))).toEqual(new Set([aggregatedDiscovery]));
  });

  it.each([
    ["its own", { "/api": { kind: "APIVersions" }, "/apis": { kind: "APIGroupDiscoveryList" } }],
    ["the other", { "/api": { kind: "APIGroupDiscoveryList" }, "/apis": { kind: "APIGroupList" } }],
  ])("does not take a cluster for one that serves nothing because it lists %s groups otherwise", async (_, answers) => {
    serve(answers);
    expect(await facts().resources()).toEqual({ failure: expect.stringContaining("before 1.30") as string });
  });

  it.each<[string, (of: ClusterFacts) => Promise<unknown>, string]>([
    ["a namespace", (of) => of.hasNamespace("dev"), "read namespace dev"],
    ["a Role", (of) => of.hasRole("dev", "reader"), "read role reader in namespace dev"],
    ["a ClusterRole", (of) => of.hasClusterRole("view"), "read clusterrole view"],
    ["resources", (of) => of.resources(), "ask what the cluster serves"],
  ])("says why it could not find out about %s, in one line", async (_, look, doing) => {
    refuse(403, refusal("get", "namespaces", ""));
    const line = new RegExp(
      `^https://127\\.0\\.0\\.1:${port()} answered 403: .*\\(while trying to ${doing}\\)\\. Missing`,
    );
    expect(await look(facts())).toEqual({ failure: expect.stringMatching(line) as string });
  });

  it.each([401, 409, 500])("takes no answer %i for one that there is nothing", async (status) => {
    refuse(status);
    expect(await facts().hasRole("dev", "reader")).toEqual({
      failure: expect.stringContaining(`answered ${status}`) as string,
    });
  });

  it("says that the server is not reached, is not trusted, or was not waited for", async () => {
    const foreign = facts({ "tls-server-name": "other.test" });
    expect(await foreign.hasNamespace("dev")).toEqual({
      failure: expect.stringContaining("could not prove that it is the cluster's API server") as string,
    });
    expect(asked).toEqual([]);
    end();
    expect(await facts().resources()).toEqual({ failure: expect.stringContaining("cannot be reached") as string });
  });

  it("says of a kubeconfig that cannot be read what is wrong with it, and nothing that it holds", async () => {
    const broken = new ClusterFacts(JSON.stringify({ clusters: [], users: [{ token: secretWord }] }), caller.signal);
    const looked = await broken.hasNamespace("dev");
    expect(looked).toEqual({ failure: expect.stringContaining("kubeconfig") as string });
    expect(JSON.stringify(looked)).not.toContain(secretWord);
  });
});
