import { Chart, Testing } from "cdk8s";
import { KubernetesUser } from "../../../components/cdk8s";
import { checkDeclaredRequest, declaredRequest } from "../../../components/cdk8s/declared-request";
import { ValidationErrors } from "../../../components/core/options/validation-errors";
import { type Problem } from "../../../components/core/errors";
import { parseRequest } from "../../../components/core/csr/certification-request";
import {
  declaredRequestManifest,
  defaultSignerName,
  issuanceRequestOf,
} from "../../../components/core/csr/issuance-request";
import { requestOf } from "../support/test-authority";
import { janesRequest } from "../support/manifests";

const request = janesRequest;

describe("declaredRequest", () => {
  it("asks for a day and asks Kubernetes' own signer, unless told otherwise", () => {
    const parsed = parseRequest(request);
    const usual = { signerName: defaultSignerName, expirationSeconds: 86400 };
    const other = { signerName: "example.com/clients", expirationSeconds: 3600 };
    expect(declaredRequest({ request: parsed })).toEqual(declaredRequestManifest(issuanceRequestOf(parsed, usual)));
    expect(declaredRequest({ request: parsed, ...other })).toEqual(
      declaredRequestManifest(issuanceRequestOf(parsed, other)),
    );
  });
});

describe("checkDeclaredRequest", () => {
  const app = Testing.app();
  const chart = new Chart(app, "users");
  const { csrName } = new KubernetesUser(chart, "jane", { request });

  /** What is noted of these properties, when something is wrong at these paths already. */
  function noted(props: object, wrong: readonly string[] = [], scope: unknown = chart): readonly Problem[] {
    const errors = new ValidationErrors();
    for (const path of wrong) {
      errors.add(path, "it is wrong.");
    }
    checkDeclaredRequest(errors, scope, { request, ...props }, parseRequest);
    return errors.all.slice(wrong.length);
  }

  it.each([{}, { signerName: defaultSignerName }, { expirationSeconds: 86400 }, { signerName: undefined }])(
    "refuses a request that the chart has already: %j",
    (props) => {
      const message =
        `the CertificateSigningRequest "${csrName}" is already made by "users/jane/request". ` +
        "Declare the user once, with all grants in its access, or make another request.";
      expect(noted(props)).toEqual([{ path: "request", message }]);
    },
  );

  it.each([
    ["for another lifetime", { expirationSeconds: 3600 }],
    ["of another signer", { signerName: "example.com/clients" }],
    ["of another key", { request: requestOf({ username: "jane", groups: ["developers", "oncall"] }) }],
  ])("takes one %s", (_, props) => {
    expect(noted(props)).toEqual([]);
  });

  it("takes the same in a chart for another cluster, and leaves what is no chart to others", () => {
    expect(noted({}, [], new Chart(app, "others"))).toEqual([]);
    expect(noted({}, [], app)).toEqual([]);
  });

  it("judges beside other mistakes, but not what is wrong itself", () => {
    expect(noted({}, ["access[0]", "verify"])).toHaveLength(1);
    expect(noted({ request: "text" }, ["request"])).toEqual([]);
    expect(noted({ signerName: 7 }, ["signerName"])).toEqual([]);
    expect(noted({ signerName: "" }, ["signerName"])).toEqual([]);
    expect(noted({ expirationSeconds: null }, ["expirationSeconds"])).toEqual([]);
    expect(noted({ expirationSeconds: 86400 }, ["expirationSeconds"])).toEqual([]);
  });
});
