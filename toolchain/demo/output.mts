import type { PulumiStack } from "../pulumi-stack.mts";

/** Prints what the demo does, one step after another, each with its time. */
export class Steps {
  private readonly began = performance.now();
  private count = 0;

  /** Runs one step under its title. */
  async step<T>(title: string, action: () => Promise<T>): Promise<T> {
    this.count += 1;
    console.log(`\n${this.count}. ${title}`);
    const began = performance.now();
    const result = await action();
    this.detail(`done in ${seconds(began)} s`);
    return result;
  }

  /** Prints a line about the step that is under way. */
  readonly detail = (line: string): void => {
    console.log(`   ${line}`);
  };

  /** Seconds since the first step. */
  get total(): string {
    return seconds(this.began);
  }
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

/** Said before anything is made in somebody's own cluster. */
export function whatWillBeMade(kubeconfig: string, context: string | undefined): string {
  return `
In the cluster of ${kubeconfig}${context === undefined ? "" : `, context ${context}`}, this makes
  a CertificateSigningRequest for the user "myuser", which it approves; Kubernetes removes it after an hour
  a Role and a RoleBinding in the namespace "default", which let myuser work with pods; removed at the end
The certificate that is issued cannot be revoked. It is valid for a day, and has no rights once the binding is gone.`;
}

/** Said at the end, when nothing is left. */
export function whatToTryNext(seconds: string): string {
  return `
All done in ${seconds} s, and nothing is left behind. What to try next:
  npm run demo -- --keep                              the same, and leaves the cluster to play with
  npm run demo -- --kubeconfig FILE --context NAME    the same on a cluster of yours
  examples/quickstart/index.ts                        the program that was run`;
}

/** Said at the end, when all is left. */
export function whatIsKept(stack: PulumiStack, kubeconfig: string, undo: readonly string[]): string {
  return `
Kept for you to play with. As the new user:
  kubectl --kubeconfig ${kubeconfig} auth can-i --list

${howToGoOn(stack, undo)}`;
}

/** Said when the stack could not be removed from a cluster that stays. */
export function whatIsLeft(stack: PulumiStack, undo: readonly string[]): string {
  return `
What the demo made in the cluster could not be removed; its stack is kept, so that nothing is lost.

${howToGoOn(stack, undo)}`;
}

function howToGoOn(stack: PulumiStack, undo: readonly string[]): string {
  const exports = Object.entries(stack.environment)
    .filter(([name]) => name !== "PATH")
    .map(([name, value]) => `  export ${name}='${value}'`);
  return `To go on with the stack, in this folder:
  export PATH='${stack.environment["PATH"]?.split(":").slice(0, 2).join(":") ?? ""}':"$PATH"
${exports.join("\n")}
  pulumi stack --stack ${stack.name}

To take it all away, in the same shell:
${undo.map((command) => `  ${command}`).join("\n")}`;
}

/** The demo failed for a reason that its message tells in full. */
export class DemoError extends Error {}
