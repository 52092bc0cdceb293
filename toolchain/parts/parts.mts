import { readFile } from "node:fs/promises";
import path from "node:path";

import { isObject } from "../cache/manifest.mts";
import { codeOf } from "../errors.mts";
import { etcd } from "./etcd.mts";
import { kubernetes } from "./kubernetes.mts";
import type { Part } from "./part.mts";
import { kubernetesPlugin, tlsPlugin } from "./plugins.mts";
import { pulumi } from "./pulumi.mts";

/** Used while `node_modules` is not there to tell. */
const pinned = { kubernetes: "4.25.0", tls: "5.6.1" };

/** All that has to be installed: the plugins in the versions of the npm packages in `nodeModules`. */
export async function readParts(nodeModules: string): Promise<readonly Part[]> {
  const [kubernetesVersion, tlsVersion] = await Promise.all([
    packageVersion(nodeModules, "@pulumi/kubernetes"),
    packageVersion(nodeModules, "@pulumi/tls"),
  ]);
  return [
    pulumi,
    kubernetesPlugin(kubernetesVersion ?? pinned.kubernetes),
    tlsPlugin(tlsVersion ?? pinned.tls),
    etcd,
    kubernetes,
  ];
}

async function packageVersion(nodeModules: string, name: string): Promise<string | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path.join(nodeModules, name, "package.json"), "utf8"));
    return isObject(value) && typeof value["version"] === "string" ? value["version"] : undefined;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
