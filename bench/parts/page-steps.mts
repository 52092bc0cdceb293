import { mkdir } from "node:fs/promises";
import { clearCluster } from "../cluster/certificate-requests.mts";
import type { Figures } from "../figures.mts";
import { measureCommand } from "../measure/command.mts";
import type { Cost } from "../measure/statistics.mts";
import type { Scene } from "../scene/scene.mts";

/** Runs the shell steps of the Kubernetes page for a few users, one after the other. */
export async function measurePageSteps(scene: Scene): Promise<Pick<Figures, "pageSteps">> {
  const { plan, scratch, environment, signal } = scene;
  scene.say(`the Kubernetes page's steps, ${plan.pageSteps} users`);
  await clearCluster(scene.api);
  const pageSteps: Cost[] = [];
  for (let number = 1; number <= plan.pageSteps; number += 1) {
    const user = `page-${number}`;
    const folder = scratch.file(user);
    await mkdir(folder);
    pageSteps.push(await measureCommand([scratch.file("page-steps.sh"), user], { folder, environment, signal }));
  }
  return { pageSteps };
}
