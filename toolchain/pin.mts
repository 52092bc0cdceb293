import { rename, writeFile } from "node:fs/promises";

import { ToolchainError } from "./errors.mts";
import { readParts } from "./parts/parts.mts";
import { pinReleases } from "./parts/pin-releases.mts";
import { formatPins, pinsFile, pinsTitle, readPins } from "./parts/pins.mts";
import { useProxy } from "./sources/releases.mts";
import type { InstallContext } from "./sources/source.mts";

/** Writes the published sums of all releases into the pins, and says which; whether all of them are pinned now. */
export async function pin({
  environment,
  nodeModules,
  signal,
}: Pick<InstallContext, "environment" | "nodeModules" | "signal">): Promise<boolean> {
  if (environment["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") {
    throw new ToolchainError(
      "NODE_TLS_REJECT_UNAUTHORIZED: expected it not to be 0, because sums from a server that nobody has checked prove " +
        "nothing. Unset it, and name your proxy's certificate authority in NODE_EXTRA_CA_CERTS.",
    );
  }
  useProxy({ environment });
  const { pins, added, problems } = await pinReleases(await readParts(nodeModules), readPins(), { signal });
  await writeFile(`${pinsFile}.new`, formatPins(pins));
  await rename(`${pinsFile}.new`, pinsFile);
  for (const url of added) console.log(`pinned ${pins.releases.get(url) ?? ""}  ${url}`);
  for (const problem of problems) console.error(problem);
  if (added.length > 0) {
    console.log(`${pinsTitle} is changed. Compare it with what the publishers say elsewhere, and commit it.`);
  }
  return problems.length === 0;
}
