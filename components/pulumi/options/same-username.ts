import { titleOf } from "../../core/errors";
import { describe } from "../../core/options/validation-errors";
import { perProgram } from "../outputs";

/** The first user of a program with each username on each cluster, by its resource's name. */
const firstUsers = perProgram(() => new Map<string, string>());

/**
 * Notes a user of the program. Kubernetes knows people by their usernames alone: a second user with the same one on the
 * same cluster shares all rights with the first, and keeps them when either is removed.
 *
 * @param name the resource's.
 * @param cluster the cluster's fingerprint.
 * @returns what to say of it; undefined for the first user with this username.
 */
export function sameUsername(name: string, username: string, cluster: string): string | undefined {
  const users = firstUsers();
  const key = JSON.stringify([cluster, username]);
  const first = users.get(key);
  if (first === undefined) {
    users.set(key, name);
    return undefined;
  }
  return (
    `username: ${describe(username)} is also the username of ${titleOf(first)}, on the same cluster. The certificates of ` +
    `${titleOf(first)} and ${titleOf(name)} each have the rights of both. If you remove one of the two, its certificate ` +
    "keeps the rights of the other. Give each key a username of its own."
  );
}
