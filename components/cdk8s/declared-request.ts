import { type ParsedRequest, type RequestReader } from "../core/csr/certification-request";
import { type Given } from "../core/options/option-table";
import { type ValidationErrors, describe } from "../core/options/validation-errors";
import { type RequestManifest, declaredRequestManifest, issuanceRequestOf } from "../core/csr/issuance-request";
import { lifetimeOf } from "../core/options/lifetime";
import { userOptions } from "../core/options/user-options";
import { ownerInChart } from "./chart-objects";
import { type KubernetesUserProps } from "./kubernetes-user-props";

const requestProps = ["request", "signerName", "expirationSeconds"] as const;

type DeclaredProps = Pick<KubernetesUserProps, "signerName" | "expirationSeconds" | "publish">;

/** The CertificateSigningRequest of a user. */
export function declaredRequest({
  request,
  signerName = userOptions.signerName.default,
  expirationSeconds,
  publish,
}: DeclaredProps & { readonly request: ParsedRequest }): RequestManifest {
  const lifetime = lifetimeOf({ expirationSeconds, publish });
  return declaredRequestManifest(issuanceRequestOf(request, { signerName, expirationSeconds: lifetime }));
}

/**
 * Notes when the chart has a user's CertificateSigningRequest already. Its name says all that is asked for, so the two
 * would be the same; but kustomize and Flux refuse manifests that hold an object twice, and where each object has a
 * file of its own, one overwrites the other.
 *
 * To be called after the checks of `props`, since only correct ones make a name.
 */
export function checkDeclaredRequest(
  errors: ValidationErrors,
  scope: unknown,
  props: Given,
  read: RequestReader,
): void {
  const wrong = new Set(errors.all.map(({ path }) => path));
  if (!isRequestProps(props) || requestProps.some((option) => wrong.has(option))) {
    return;
  }
  const { name } = declaredRequest({ ...props, request: read(props.request) }).metadata;
  const owner = ownerInChart(scope, { kind: "CertificateSigningRequest", name });
  if (owner !== undefined) {
    errors.add(
      "request",
      `the CertificateSigningRequest ${describe(name)} is already made by ${describe(owner)}. ` +
        "Declare the user once, with all grants in its access, or make another request.",
    );
  }
}

function isRequestProps(props: Given): props is Given & DeclaredProps & { readonly request: string } {
  const { request, signerName, expirationSeconds } = props;
  return (
    typeof request === "string" &&
    (signerName === undefined || typeof signerName === "string") &&
    (expirationSeconds === undefined || typeof expirationSeconds === "number")
  );
}
