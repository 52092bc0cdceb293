import { type CustomResourceOptions, type Input, type ResourceHookBinding } from "@pulumi/pulumi";
import { AsyncLocalStorage } from "node:async_hooks";
import { certificateTypes } from "../core/lifecycle/certificate-state";
import { providerText } from "./certificate/provider-text";
import { requireProvider } from "./cluster/provider-place";
import { type Admission, admit } from "./options/all-users";

/** How the engine gets what serves a resource that is this package's own. */
export interface ServedResource {
  /** Type token. */
  readonly type: string;
  readonly inputs: { readonly __provider?: string };
  readonly opts: CustomResourceOptions;
}

/** What makes a user: a TypeScript program, or the plugin on behalf of a program in another language. */
export interface Host {
  readonly certificateSigningRequest: ServedResource;
  readonly certificateRequest: ServedResource;
  /** Makes sure that the engine will find what serves the package's own resources. */
  readonly requireProvider: () => void;
  /** Checks a user, so that a wrong one makes nothing. */
  readonly admit: (check: () => void) => Admission;
  /** The text of an option, if it is known now. */
  readonly knownText: (value: Input<string> | undefined) => string | undefined;
  /** Hooks of the program that judge the certificate's resource, beside `approval.hook`. */
  readonly hooks: ResourceHookBinding | undefined;
  /** Whether users come in an order that the program does not decide, so that names must not count them. */
  readonly isUnordered: boolean;
}

/** Type tokens of the requests with several groups: a program's own, and the plugin's. */
export const certificateRequestTypes = {
  dynamic: "pulumi-nodejs:dynamic/kubernetes-user:CertificateRequest",
  plugin: "kubernetes-user:index:CertificateRequest",
} as const;

/** What makes the users of the code that runs in it, where it is not a program by itself. */
export const currentHost = new AsyncLocalStorage<Host>();

/** A TypeScript program: the engine runs dynamic providers from its folder. */
export const programHost: Host = {
  // What the plugin has made goes on.
  certificateSigningRequest: {
    type: certificateTypes.dynamic,
    inputs: { __provider: providerText("certificateSigningRequest") },
    opts: { aliases: [{ type: certificateTypes.plugin }] },
  },
  certificateRequest: {
    type: certificateRequestTypes.dynamic,
    inputs: { __provider: providerText("certificateRequest") },
    opts: { aliases: [{ type: certificateRequestTypes.plugin }] },
  },
  requireProvider,
  admit,
  knownText: (value) => (typeof value === "string" ? value : undefined),
  hooks: undefined,
  isUnordered: false,
};
