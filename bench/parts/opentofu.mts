import { access, constants, cp } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { clearCluster } from "../cluster/certificate-requests.mts";
import { type Figures, type Operation, type TofuFigure } from "../figures.mts";
import { measureCommand } from "../measure/command.mts";
import type { Scene } from "../scene/scene.mts";

/** What stands for Pulumi's operations. */
const commands: readonly { readonly operation: Operation; readonly words: readonly string[] }[] = [
  { operation: "up", words: ["apply", "-auto-approve", "-parallelism=64"] },
  { operation: "second up", words: ["apply", "-auto-approve", "-parallelism=64"] },
  { operation: "preview", words: ["plan", "-parallelism=64"] },
  { operation: "destroy", words: ["destroy", "-auto-approve", "-parallelism=64"] },
];

/** Runs OpenTofu with the same users, where `tofu` is on PATH; `tofu init` downloads its providers. */
export async function measureTofu(scene: Scene): Promise<Pick<Figures, "tofu">> {
  if (!(await isOnPath("tofu"))) {
    scene.say("OpenTofu: not measured, because there is no tofu on PATH");
    return { tofu: [] };
  }
  const { plan, scratch, controlPlane, signal } = scene;
  const tofu: TofuFigure[] = [];
  for (const { users } of plan.stacks.filter(({ settings }) => settings.includes("recommended"))) {
    scene.say(`OpenTofu, ${users} users`);
    await clearCluster(scene.api);
    const folder = scratch.file(`opentofu-${users}`);
    await cp(scratch.file("opentofu"), folder, { recursive: true });
    const environment = { TF_VAR_users: String(users), TF_VAR_kubeconfig: controlPlane.kubeconfig };
    const run = (words: readonly string[]) => measureCommand(["tofu", ...words], { folder, environment, signal });
    await run(["init"]);
    for (const { operation, words } of commands) {
      tofu.push({ users, operation, costs: [await run([...words, "-no-color", "-input=false"])] });
    }
  }
  return { tofu };
}

async function isOnPath(program: string): Promise<boolean> {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const looked = folders.map((folder) => access(join(folder, program), constants.X_OK));
  return (await Promise.allSettled(looked)).some(({ status }) => status === "fulfilled");
}
