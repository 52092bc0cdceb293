/** A user's resource as errors and the engine's lists name it. */
export function titleOf(name: string): string {
  return `KubernetesUser ${JSON.stringify(name)}`;
}
