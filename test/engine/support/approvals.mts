import { command, kubectl } from "./commands.mts";

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

/** Makes the namespace, which several test files use. */
export async function makeNamespace(): Promise<void> {
  const { exitCode, stderr } = await command("kubectl", ["create", "namespace", namespace]);
  if (exitCode !== 0 && !stderr.includes("already exists")) {
    throw new Error(stderr);
  }
}
