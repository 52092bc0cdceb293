/**
 * The implementation of a dynamic resource, as the engine keeps it in the state and gives it to
 * `@pulumi/pulumi/cmd/dynamic-provider`, which evaluates it and calls `handler`.
 *
 * The SDK would serialize the provider's code instead: 1.7 KB at best for each resource, another text under code
 * coverage, and 330 ms of work. `createRequire` at the working directory resolves the package as the program does: in
 * an installed package, from a tarball, through a link, and in this repository, where a plain `require` does not.
 */
export function providerText(implementation: "certificateSigningRequest" | "certificateRequest"): string {
  return `exports.handler=()=>require("module").createRequire(process.cwd()+"/_")("kubernetes-user/provider").${implementation}`;
}
