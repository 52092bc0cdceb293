import { kubectl } from "./commands.mts";

export const namespace = "approval";

/** A user with access, whose traces in the cluster can be looked for. */
export function user(name: string, approval: string, more = ""): string {
  return `
    const ${name} = new KubernetesUser("${name}", {
      approval: ${approval},
      access: [{ namespaces: ["${namespace}"], clusterRole: "view" }],
      ${more}
    });
    exports.${name} = { serialNumber: ${name}.serialNumber, csrName: ${name}.csrName, kubeconfig: ${name}.kubeconfig };`;
}

export async function bindingsOf(name: string): Promise<string> {
  return kubectl(
    `get rolebindings -n ${namespace} -o jsonpath={.items[?(@.subjects[0].name=="${name}")].metadata.name}`,
  );
}

export async function requestsLike(pattern: RegExp): Promise<string[]> {
  const names = await kubectl("get csr -o jsonpath={.items[*].metadata.name}");
  return names.split(" ").filter((name) => pattern.test(name));
}
