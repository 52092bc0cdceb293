import { readFile } from "node:fs/promises";
import { clearCluster } from "../cluster/certificate-requests.mts";
import { field } from "../cluster/api.mts";
import type { Figures, StateFigure, StateShare } from "../figures.mts";
import { MeasuredStack } from "../scene/measured-stack.mts";
import type { Scene } from "../scene/scene.mts";

const variants = [
  { subject: "users", kubeconfig: "ambient" },
  { subject: "users", kubeconfig: "explicit" },
  { subject: "bare", kubeconfig: "ambient" },
] as const;

/** Looks at the states of stacks with a few users. */
export async function measureStates(scene: Scene): Promise<Pick<Figures, "states">> {
  const users = scene.plan.stateUsers;
  const states: StateFigure[] = [];
  for (const { subject, kubeconfig } of variants) {
    scene.say(`state of ${users} × ${subject}, ${kubeconfig} kubeconfig`);
    await clearCluster(scene.api);
    const explicitKubeconfig = kubeconfig === "explicit";
    const run = { program: subject, settings: "recommended", users, explicitKubeconfig } as const;
    const stack = await MeasuredStack.create(scene, run);
    await stack.measure("up");
    states.push({ subject, kubeconfig, users, shares: sharesOf(await readFile(stack.stateFile, "utf8")) });
  }
  return { states };
}

/** The engine indents the state by four, and its resources are four levels down. */
const indent = 4;
const depth = 4;

/** What each type of resource takes of a state file, largest first. */
export function sharesOf(stateFile: string): StateShare[] {
  const resources = field(field(field(JSON.parse(stateFile), "checkpoint"), "latest"), "resources");
  const shares = new Map<string, StateShare>();
  for (const resource of Array.isArray(resources) ? resources : []) {
    const type = String(field(resource, "type"));
    const { count, bytes } = shares.get(type) ?? { count: 0, bytes: 0 };
    shares.set(type, { type, count: count + 1, bytes: bytes + bytesOf(resource) });
  }
  return [...shares.values()].toSorted((a, b) => b.bytes - a.bytes);
}

/** Bytes of a resource in the file, with the comma and the line break after it. */
function bytesOf(resource: unknown): number {
  const text = JSON.stringify(resource, undefined, indent);
  return Buffer.byteLength(text) + text.split("\n").length * indent * depth + 2;
}
