import { App, Chart } from "cdk8s";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { KubernetesUser } from "../../../components/cdk8s";
import { janesRequest } from "../support/manifests";

const repository = resolve(__dirname, "../../..");

describe("docs/cdk8s.md", () => {
  it("shows names that users get", () => {
    const users = new Chart(new App(), "users");
    const access = [{ namespaces: ["dev"], clusterRole: "edit" }];
    const request = readFileSync(join(repository, "examples/cdk8s/requests/jane.csr"), "utf8");
    const jane = new KubernetesUser(users, "jane", { request, access });
    const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
    const other = { request: janesRequest, access: [{ namespaces: ["dev"], rules }] };
    const { roles } = new KubernetesUser(users, "jane@example.com", other);
    const page = readFileSync(join(repository, "docs/cdk8s.md"), "utf8");
    for (const name of [jane.csrName, jane.bindings[0]?.name, roles[0]?.name]) {
      expect(page).toContain(`\`${name ?? "none"}\``);
    }
  });
});
