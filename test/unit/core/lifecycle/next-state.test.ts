import { type CertificateState, type IssuedState } from "../../../../components/core/lifecycle/certificate-state";
import { type Issuance } from "../../../../components/core/lifecycle/issuance";
import { nextRequest } from "../../../../components/core/lifecycle/next-request";
import {
  type Submission,
  adoptedState,
  nextState,
  recordedState,
} from "../../../../components/core/lifecycle/next-state";
import { formatTime } from "../../../../components/core/time";
import { certificateFacts } from "../../../../components/core/x509/certificate";
import { credentialIdOf, summaryOf } from "../../../../components/core/x509/certificate-summary";
import { content, hour, inputs } from "../../support/declarations";
import { requestOf, signCertificate } from "../../support/test-authority";

const now = Date.UTC(2026, 10, 1, 12);
const validity = { notBefore: now, notAfter: now + 24 * hour };
const signed = (username = "jane", request = inputs.request): string =>
  signCertificate({ username, groups: [], request, ...validity });
const certificate = signed();

function issuedWith(pem: string, more: Partial<IssuedState> = {}): IssuedState {
  return {
    phase: "issued",
    certificate: pem,
    csrName: "jane-0",
    serialNumber: certificateFacts(pem).serialNumber,
    credentialId: credentialIdOf(pem),
    notBefore: formatTime(now),
    notAfter: formatTime(now + 24 * hour),
    renewAfter: formatTime(now + 16 * hour),
    content,
    cluster: inputs.cluster,
    expirationSeconds: 86400,
    verified: true,
    access: inputs.access,
    ...more,
  };
}

function after(issuance: Issuance, old?: CertificateState, more: Partial<Submission> = {}): CertificateState {
  const command = (name: string): string => `approve ${name}`;
  return nextState(issuance, { declared: inputs, request: nextRequest(inputs, now), old, command, now, ...more });
}

const issuance = { phase: "issued", certificate, csrName: "jane-1", facts: certificateFacts(certificate) } as const;
const waiting = { phase: "pending", csrName: "jane-2" } as const;
const denied = { phase: "denied", csrName: "jane-3", reason: "no" } as const;

describe("nextState after an issuance", () => {
  it("holds the certificate, what it was issued for, and that nobody has tried it out", () => {
    const expected = issuedWith(certificate, { csrName: "jane-1", verified: false });
    expect(after(issuance)).toEqual(expected);
    expect(after({ ...issuance, issuedAt: formatTime(now) })).toEqual({ ...expected, issuedAt: formatTime(now) });
  });

  it("records the options that are declared, and only those", () => {
    const options = { renewBeforeSeconds: 3600, accessUntil: formatTime(now + 48 * hour), rotation: "2" };
    const state = after(issuance, undefined, { declared: { ...inputs, ...options } });
    expect(state).toMatchObject({ ...options, renewAfter: formatTime(now + 23 * hour) });
    for (const name of Object.keys(options)) {
      expect(after(issuance)).not.toHaveProperty(name);
    }
  });

  it("remembers each certificate that was replaced as long as it is valid", () => {
    const [old, older] = [signed(), signed()];
    const before = issuedWith(old, { replaced: [summaryOf(older)] });
    expect(after(issuance, before).replaced).toEqual([summaryOf(old), summaryOf(older)]);
    expect(after(issuance, before, { now: now + 24 * hour })).not.toHaveProperty("replaced");
    // The same certificate has replaced nothing.
    expect(after(issuance, issuedWith(certificate))).not.toHaveProperty("replaced");
  });
});

describe("adoptedState", () => {
  const adopted = { phase: "issued", certificate, facts: certificateFacts(certificate) } as const;
  const submission = { declared: inputs, request: nextRequest(inputs, now), old: undefined, now };

  it.each([true, false])(
    "holds a certificate that no request brought, and whether it was tried out: %s",
    (verified) => {
      const { csrName, ...expected } = issuedWith(certificate, { adopted: true, verified });
      expect(csrName).toBe("jane-0");
      expect(adoptedState(adopted, submission, verified)).toStrictEqual(expected);
    },
  );

  it("remembers the certificates that are valid still, and no request", () => {
    const replaced = [summaryOf(signed())];
    const { openRequest } = after(waiting);
    expect(openRequest?.phase).toBe("pending");
    const old = { ...after(waiting), replaced };
    expect(adoptedState(adopted, { ...submission, old }, true)).toMatchObject({ phase: "issued", replaced });
    expect(adoptedState(adopted, { ...submission, old }, true)).not.toHaveProperty("openRequest");
  });
});

describe.each([waiting, denied])("nextState while a request is $phase", (open) => {
  it("keeps the certificate that was there, of this user on this cluster", () => {
    const state = after(open, issuedWith(certificate));
    expect(state).toMatchObject({ phase: "issued", certificate, csrName: "jane-0", verified: true });
    expect(state.openRequest).toMatchObject({ phase: open.phase, csrName: open.csrName, content, otherKey: false });
  });

  it.each([
    ["of another user", issuedWith(signed("june"))],
    ["on another cluster", issuedWith(certificate, { cluster: "https://other ca:1" })],
  ])("keeps no certificate %s, and remembers that it is valid still", (_, old) => {
    const state = after(open, old);
    expect(state).toMatchObject({ phase: open.phase, csrName: open.csrName, cluster: inputs.cluster });
    expect(state).not.toHaveProperty("certificate");
    expect(state.replaced).toEqual([summaryOf(old.certificate)]);
  });

  it("has none where there was none", () => {
    expect(after(open)).toMatchObject({ phase: open.phase, openRequest: { otherKey: false } });
    expect(after(open, after(open))).toEqual(after(open));
  });

  it("tells that the request is for another key than the certificate", () => {
    const other = requestOf({ username: "jane", groups: [] }, "P384");
    const state = after(open, issuedWith(signed("jane", other)));
    expect(state.openRequest).toMatchObject({ otherKey: true });
  });
});

describe("an open request", () => {
  it("that is pending says what approves it, and why there is no certificate if that is known", () => {
    expect(after(waiting).openRequest).toMatchObject({ command: "approve jane-2" });
    expect(after(waiting).openRequest).not.toHaveProperty("reason");
    expect(after({ ...waiting, reason: "slow" }).openRequest).toMatchObject({ reason: "slow" });
  });

  it("that is denied says why, and when that was found", () => {
    expect(after(denied).openRequest).toMatchObject({ reason: "no", foundAt: "2026-11-01T12:00:00.000Z" });
  });
});

describe("recordedState", () => {
  const declared = { ...inputs, access: [], renewBeforeSeconds: 3600 };

  it("has the options as they are now, and forgets the request for a successor", () => {
    const { openRequest } = after(waiting);
    const old = issuedWith(certificate, {
      rotation: "1",
      ...(openRequest?.phase === "pending" ? { openRequest } : {}),
    });
    const { rotation, openRequest: forgotten, ...rest } = old;
    expect([rotation, forgotten?.phase]).toEqual(["1", "pending"]);
    expect(recordedState(old, declared, now)).toEqual({
      ...rest,
      access: [],
      renewBeforeSeconds: 3600,
      renewAfter: formatTime(now + 23 * hour),
    });
  });

  it("has that the access has ended, from that moment on, until it is extended", () => {
    const ending = { ...inputs, accessUntil: formatTime(now) };
    expect(recordedState(issuedWith(certificate), ending, now - 1)).not.toHaveProperty("ended");
    const ended = recordedState(issuedWith(certificate), ending, now);
    expect(ended.ended).toBe(true);
    expect(recordedState(ended, { ...inputs, accessUntil: formatTime(now + 1000) }, now)).not.toHaveProperty("ended");
    expect(recordedState(ended, inputs, now)).not.toHaveProperty("ended");
  });

  it("keeps the request that is all there is", () => {
    const old = after(waiting);
    expect(recordedState(old, declared, now)).toEqual({ ...old, access: [], renewBeforeSeconds: 3600 });
  });

  it("forgets certificates that are not valid any more", () => {
    const old = issuedWith(certificate, { replaced: [summaryOf(signed())] });
    expect(recordedState(old, inputs, now)).toEqual(old);
    expect(recordedState(old, inputs, now + 24 * hour)).not.toHaveProperty("replaced");
  });
});
