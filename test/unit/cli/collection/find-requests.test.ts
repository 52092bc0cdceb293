import { findRequests } from "../../../../cli/collection/find-requests";
import { type CertificateRequests } from "../../../../components/cluster/issuance/certificate-requests";
import { readRequestObject } from "../../../../components/cluster/issuance/request-object";
import { type ErrorCode, KubernetesUserError } from "../../../../components/core/errors";
import { requestManifest } from "../../../../components/core/csr/issuance-request";
import { rejectionOf } from "../../support/errors";
import { janesIssuanceRequest } from "../../support/issuances";

const manifest = requestManifest(janesIssuanceRequest, 0);
const metadata = { ...manifest.metadata, uid: "1", resourceVersion: "1" };

/** The requests of a cluster; of those that are named by an error's code, reading fails. */
const requests = {
  read: (name: string) => {
    if (name === "absent") {
      return Promise.resolve(undefined);
    }
    return name === "there"
      ? Promise.resolve(readRequestObject({ ...manifest, metadata }))
      : Promise.reject(new KubernetesUserError(name as ErrorCode, "no"));
  },
} as unknown as CertificateRequests;

const find = (...names: readonly string[]): ReturnType<typeof findRequests> =>
  findRequests(
    requests,
    names.map((name) => ({ name, manifest: undefined, access: undefined })),
  );

describe("findRequests", () => {
  it("goes on with the others when one is missing or may not be read", async () => {
    const [missing, forbidden, there] = await find("absent", "forbidden", "there");
    expect(missing).toMatchObject({ name: "absent", failure: { code: "request-not-found" } });
    expect(forbidden).toMatchObject({ name: "forbidden", failure: { code: "forbidden" } });
    expect(there).toMatchObject({ facts: { username: janesIssuanceRequest.username } });
  });

  it("ends when none may be read, and when the server is not there", async () => {
    expect((await rejectionOf(find("forbidden", "forbidden"))).code).toBe("forbidden");
    expect((await rejectionOf(find("there", "server-unreachable"))).code).toBe("server-unreachable");
    expect((await rejectionOf(find("there", "aborted", "there"))).code).toBe("aborted");
  });
});
