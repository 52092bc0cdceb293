import { join } from "node:path";
import { releaseProblems } from "./release-check.mts";
import { readReleaseState } from "./release-state.mts";

/* Refuses what must not be published: npm runs it before it publishes, and so does the release workflow. */

const problems = releaseProblems(await readReleaseState(join(import.meta.dirname, ".."), process.env));
for (const problem of problems) {
  console.error(`release check: ${problem}`);
}
if (problems.length === 0) {
  console.log("release check: nothing stands against this release");
} else {
  console.error(`\nrelease check: ${problems.length} reason${problems.length === 1 ? "" : "s"} not to publish`);
  process.exitCode = 1;
}
