import { readFile } from "node:fs/promises";
import { countRequests, difference } from "../cluster/api-requests.mts";
import { clearCluster } from "../cluster/certificate-requests.mts";
import { field } from "../cluster/api.mts";
import type { Figures, RequestFigure, StateFigure, StateShare } from "../figures.mts";
import { MeasuredStack } from "../scene/measured-stack.mts";
import type { Scene } from "../scene/scene.mts";

const variants = [
  { subject: "users", variant: "ambient kubeconfig" },
  { subject: "users", variant: "explicit kubeconfig" },
  { subject: "users", variant: "shared Role" },
  { subject: "bare", variant: "ambient kubeconfig" },
] as const satisfies readonly Pick<StateFigure, "subject" | "variant">[];

/** Looks at the states of stacks with a few users, and at what making them asks the API server for. */
export async function measureStates(scene: Scene): Promise<Pick<Figures, "states" | "requests">> {
  const users = scene.plan.stateUsers;
  const states: StateFigure[] = [];
  const requests: RequestFigure[] = [];
  for (const { subject, variant } of variants) {
    scene.say(`state of ${users} × ${subject}, ${variant}`);
    await clearCluster(scene.api);
    const stack = await MeasuredStack.create(scene, { program: subject, settings: "recommended", users, variant });
    const before = await countRequests(scene.api);
    await stack.measure("up");
    if (variant === "ambient kubeconfig") {
      const counts = difference(before, await countRequests(scene.api));
      requests.push({ subject, settings: "recommended", users, counts });
    }
    states.push({ subject, variant, users, shares: sharesOf(await readFile(stack.stateFile, "utf8")) });
  }
  return { states, requests };
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
