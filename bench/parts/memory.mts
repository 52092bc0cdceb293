import { clearCluster } from "../cluster/certificate-requests.mts";
import type { Figures, PeakFigure } from "../figures.mts";
import { peakWhile } from "../measure/process-tree.mts";
import { MeasuredStack } from "../scene/measured-stack.mts";
import type { Scene } from "../scene/scene.mts";

/** Looks at the processes and the memory of `pulumi up`. */
export async function measurePeaks(scene: Scene): Promise<Pick<Figures, "peaks">> {
  const peaks: PeakFigure[] = [];
  for (const users of scene.plan.memory) {
    for (const subject of ["users", "bare"] as const) {
      const settings = users === 1 ? "default" : "recommended";
      scene.say(`memory of ${users} × ${subject}, ${settings} settings`);
      await clearCluster(scene.api);
      const stack = await MeasuredStack.create(scene, { program: subject, settings, users });
      const peak = await peakWhile((onStart) => stack.measure("up", onStart));
      peaks.push({ subject, settings, users, ...peak });
    }
  }
  return { peaks };
}
