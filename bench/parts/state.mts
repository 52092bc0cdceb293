import { readFile } from "node:fs/promises";
import { clearCluster } from "../cluster/certificate-requests.mts";
import { field } from "../cluster/api.mts";
import type { Figures, StateFigure, StateShare } from "../figures.mts";
import { MeasuredStack } from "../scene/measured-stack.mts";
import type { Scene } from "../scene/scene.mts";

const variants = [
  { subject: "users", variant: "ambient kubeconfig" },
  { subject: "users", variant: "explicit kubeconfig" },
  { subject: "users", variant: "shared Role" },
  { subject: "bare", variant: "ambient kubeconfig" },
] as const satisfies readonly Pick<StateFigure, "subject" | "variant">[];

/** Looks at the states of stacks with a few users. */
export async function measureStates(scene: Scene): Promise<Pick<Figures, "states">> {
  const users = scene.plan.stateUsers;
  const states: StateFigure[] = [];
  for (const { subject, variant } of variants) {
    scene.say(`state of ${users} × ${subject}, ${variant}`);
    await clearCluster(scene.api);
    const stack = await MeasuredStack.create(scene, { program: subject, settings: "recommended", users, variant });
    await stack.measure("up");
    states.push({ subject, variant, users, shares: sharesOf(await readFile(stack.stateFile, "utf8")) });
  }
  return { states };
}

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

/** Bytes of a resource in the file, which has no line breaks, with the comma after it. */
function bytesOf(resource: unknown): number {
  return Buffer.byteLength(JSON.stringify(resource)) + 1;
}
