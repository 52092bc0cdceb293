import { KubeConfig } from "@kubernetes/client-node";
import { OidcToken } from "../../../../components/cluster/credentials/oidc-token";

afterEach(() => {
  jest.restoreAllMocks();
});

it("a token of OpenID Connect is renewed once for all who want it at once, and again for who comes later", async () => {
  let renewals = 0;
  jest.spyOn(KubeConfig.prototype, "applyToHTTPSOptions").mockImplementation(({ headers }) => {
    Object.assign(headers ?? {}, { Authorization: `Bearer ${(renewals += 1)}` });
    return Promise.resolve();
  });
  const token = new OidcToken({ name: "oidc", config: {} });
  expect(await Promise.all([token.headers(), token.headers()])).toEqual([
    { Authorization: "Bearer 1" },
    { Authorization: "Bearer 1" },
  ]);
  expect(await token.headers()).toEqual({ Authorization: "Bearer 2" });
});
