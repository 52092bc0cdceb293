import fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkCertificate } from "../../../components/core/x509/certificate";
import { InvalidRequest, type ParsedRequest, parseRequest } from "../../../components/core/csr/certification-request";
import { defaultSignerName, issuanceRequestOf } from "../../../components/core/csr/issuance-request";
import { answersOf, buildProgram, goMissing } from "../support/go/go";
import { requestText } from "../support/request-arbitraries";

const count = 3000;
/** KUBERNETES_USER_FUZZ_SEED repeats a run. */
const seed = Number(process.env["KUBERNETES_USER_FUZZ_SEED"] ?? Date.now() % 2 ** 31);

/** What Go finds in a text. */
interface GoAnswer {
  readonly error?: string;
  readonly commonName: string;
  readonly organizations: readonly string[] | null;
  readonly names: number;
  readonly extensions: number;
  readonly attributes: number;
  readonly publicKey: string | null;
  readonly certificate: string;
}

function read(text: string): ParsedRequest | undefined {
  try {
    return parseRequest(text);
  } catch (error) {
    if (error instanceof InvalidRequest) {
      return undefined;
    }
    throw error;
  }
}

/** In what Go and we differ about a request that we take; undefined when in nothing. */
function difference(parsed: ParsedRequest, answer: GoAnswer, notAfter: number): object | undefined {
  const { username, groups, publicKey, der } = parsed;
  const ours = {
    error: undefined,
    commonName: username,
    organizations: groups,
    names: 1 + groups.length,
    extensions: 0,
    attributes: 0,
    publicKey: publicKey.export({ format: "der", type: "spki" }).toString("base64"),
  };
  const { certificate, error, organizations, ...rest } = answer;
  const theirs = { error, organizations: organizations ?? [], ...rest };
  if (JSON.stringify(sorted(ours)) !== JSON.stringify(sorted(theirs))) {
    return { der: der.toString("base64"), ours, theirs };
  }
  const issuanceRequest = issuanceRequestOf(parsed, { signerName: defaultSignerName, expirationSeconds: 3600 });
  try {
    expect(checkCertificate(certificate, issuanceRequest).facts.notAfter).toBe(notAfter);
    return undefined;
  } catch (refusal) {
    return { der: der.toString("base64"), certificate, refusal };
  }
}

function sorted(object: object): [string, unknown][] {
  return Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1));
}

const reason = goMissing === "" ? "" : ` (skipped: ${goMissing})`;
const compared = goMissing === "" ? describe : describe.skip;

compared(`parseRequest beside Go's crypto/x509, with seed ${seed}${reason}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "kubernetes-user-go-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("takes nothing that Go refuses or reads differently, and what Kubernetes signs of it", () => {
    const program = buildProgram("read-requests", folder);
    const texts = fc.sample(requestText, { seed, numRuns: count });
    const notBefore = Math.floor(Date.now() / 1000) * 1000;
    const notAfter = notBefore + 3_600_000;
    const questions = texts.map((text) => ({ text: Buffer.from(text).toString("base64"), notBefore, notAfter }));
    const answers = answersOf(program, questions) as GoAnswer[];
    expect(answers).toHaveLength(count);
    const taken = texts.flatMap((text, index) => {
      const parsed = read(text);
      const answer = answers[index];
      return parsed === undefined || answer === undefined ? [] : [{ parsed, answer }];
    });
    expect(
      taken
        .map(({ parsed, answer }) => difference(parsed, answer, notAfter))
        .filter((one) => one !== undefined)
        .slice(0, 3),
    ).toEqual([]);
    // Enough of each kind for the comparison to mean something.
    const goTook = answers.filter(({ error }) => error === undefined).length;
    expect(taken.length).toBeGreaterThan(count / 20);
    expect(goTook - taken.length).toBeGreaterThan(count / 20);
    expect(count - goTook).toBeGreaterThan(count / 20);
  }, 120_000);
});
