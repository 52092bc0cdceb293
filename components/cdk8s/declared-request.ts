import { type ParsedRequest, type RequestReader } from "../core/csr/certification-request";
import { type ValidationErrors, describe } from "../core/options/validation-errors";
import {
  type RequestManifest,
  declaredRequestManifest,
  defaultSignerName,
  issuanceRequestOf,
} from "../core/csr/issuance-request";
import { defaultLifetimeFor, defaultLifetimeSeconds } from "../core/options/lifetime";
import { ownerInChart } from "./chart-objects";
import { type KubernetesUserProps } from "./kubernetes-user-props";

const requestProps = ["request", "signerName", "expirationSeconds"] as const;

type RequestProps = Pick<KubernetesUserProps, (typeof requestProps)[number]>;

/** The options with the lifetime that `publish` has by default. */
export function withLifetime<Props extends { readonly publish?: unknown; readonly expirationSeconds?: unknown }>(
  props: Props,
): Props {
  return props.expirationSeconds === undefined && props.publish !== undefined
    ? { ...props, expirationSeconds: defaultLifetimeFor(props.publish) }
    : props;
}

/** The CertificateSigningRequest of a user. */
export function declaredRequest({
  request,
  signerName = defaultSignerName,
  expirationSeconds = defaultLifetimeSeconds,
}: Omit<RequestProps, "request"> & { readonly request: ParsedRequest }): RequestManifest {
  return declaredRequestManifest(issuanceRequestOf(request, { signerName, expirationSeconds }));
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
  props: Readonly<Record<string, unknown>>,
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
      `the CertificateSigningRequest ${describe(name)} is made by ${describe(owner)} already. ` +
        "Declare the user once, with all grants in its access, or make another request.",
    );
  }
}

function isRequestProps(
  props: Readonly<Record<string, unknown>>,
): props is Readonly<Record<string, unknown>> & RequestProps {
  const { request, signerName, expirationSeconds } = props;
  return (
    typeof request === "string" &&
    (signerName === undefined || typeof signerName === "string") &&
    (expirationSeconds === undefined || typeof expirationSeconds === "number")
  );
}
