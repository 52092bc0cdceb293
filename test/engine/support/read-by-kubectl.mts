import { command } from "./commands.mts";

/** What kubectl reads in a kubeconfig. */
export interface Read {
  readonly clusters: { name: string; cluster: object }[] | null;
  readonly users: { name: string; user: Record<string, unknown> }[] | null;
  readonly contexts: { name: string; context: Record<string, unknown> }[] | null;
  readonly "current-context": string;
}

export async function readByKubectl(path: string): Promise<Read> {
  const { exitCode, stdout, stderr } = await command("kubectl", [
    ...["config", "view", "--raw", "-o", "json", "--kubeconfig", path],
  ]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return JSON.parse(stdout) as Read;
}
