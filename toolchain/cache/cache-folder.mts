import { homedir } from "node:os";
import path from "node:path";

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where installed programs are kept for this user, over all checkouts of this repository. */
export function cacheFolder(environment: Environment, os: string = process.platform): string {
  const chosen = environment["KUBERNETES_USER_CACHE"];
  if (chosen !== undefined && chosen !== "") return path.resolve(chosen);
  const shared = environment["XDG_CACHE_HOME"];
  // The XDG specification says to ignore relative paths.
  if (shared !== undefined && path.isAbsolute(shared)) return path.join(shared, "kubernetes-user");
  const home = environment["HOME"] ?? homedir();
  return os === "darwin"
    ? path.join(home, "Library", "Caches", "kubernetes-user")
    : path.join(home, ".cache", "kubernetes-user");
}
