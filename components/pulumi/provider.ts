import { type dynamic } from "@pulumi/pulumi";
import { certificateRequestProvider } from "./certificate/certificate-request-provider";
import { CertificateSigningRequestProvider } from "./certificate/certificate-signing-request-provider";

/**
 * What the dynamic provider's process loads, by the text that `providerText` puts into every resource's state. That
 * text outlives versions of this package (the old one runs at destroy), so this module's path in the package and these
 * names never change.
 */
export const certificateSigningRequest = takingOver(new CertificateSigningRequestProvider());
export const certificateRequest = takingOver(certificateRequestProvider);

/**
 * A provider that also takes over what the plugin has made: such a state lacks the text that brings the engine here when
 * the resource goes, and gets it by an update.
 */
function takingOver<Inputs, State extends object>(
  provider: dynamic.ResourceProvider<Inputs, State> & {
    diff(id: string, old: State, wanted: Inputs): Promise<dynamic.DiffResult>;
  },
): dynamic.ResourceProvider<Inputs, State> {
  return {
    create: (inputs) => provider.create(inputs),
    ...(provider.check === undefined ? {} : { check: provider.check.bind(provider) }),
    diff: async (id, old, wanted) => {
      const found = await provider.diff(id, old, wanted);
      return "__provider" in old ? found : { ...found, changes: true };
    },
    update: async (id, old, wanted) => (await provider.update?.(id, old, wanted)) ?? { outs: old },
    ...(provider.delete === undefined ? {} : { delete: provider.delete.bind(provider) }),
  };
}
