import { CertificateRequests } from "../../../../components/cluster/issuance/certificate-requests";
import { ConnectionError } from "../../../../components/cluster/connection/api-error";
import { KubernetesClient } from "../../../../components/cluster/kubernetes-client";
import { type Policy } from "../../../../components/core/options/policy";
import { Approval, type ApprovalTerms } from "../../../../cli/approval/approve-requests";
import { lastLook } from "../../../../cli/approval/last-look";
import { PowerReview } from "../../../../cli/approval/powers";
import { CommandContext } from "../../../../cli/command-context";
import { statusError } from "../../support/in-memory-cluster";
import { useFakeTime, inFakeTime } from "../../support/fake-time";
import { TestRun, janesName, janesRequest } from "../../support/issuances";

const reviews = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
const terms: ApprovalTerms = {
  policy: undefined,
  verb: "approve",
  reason: undefined,
  ask: false,
  issuanceTimeoutSeconds: 60,
};
const forbidden = statusError(403, "Forbidden", "no more of this");

describe("Approval", () => {
  useFakeTime();

  let run: TestRun;
  let approval: Approval;
  let stderr: string;
  const selected = [0, 1, 2].map((index) => ({ name: janesName(index), manifest: undefined, access: undefined }));
  const told = (): string[] => approval.outcomes.map(({ name, outcome }) => `${name} ${outcome}`);

  function begin(differences: Partial<ApprovalTerms> = {}): Approval {
    const context = new CommandContext(run.end.signal);
    const cluster = {
      requests: new CertificateRequests(run.client),
      powers: new PowerReview(run.client, context.report),
      lastLook: (names: readonly string[]) =>
        lastLook(names, (last) => Promise.resolve(new KubernetesClient(run.cluster, last)), run.context),
    };
    return new Approval(cluster, { ...terms, ...differences }, context);
  }

  /** Has the cluster say that these users and groups may do everything, each by itself. */
  function empower(...powerful: readonly string[]): void {
    run.cluster.answers.set(reviews, ({ spec }: { spec: { user?: string; groups: readonly string[] } }) => ({
      status: { allowed: [spec.user ?? "", ...spec.groups].some((name) => powerful.includes(name)) },
    }));
  }

  beforeEach(() => {
    stderr = "";
    jest.spyOn(process.stderr, "write").mockImplementation((text) => {
      stderr += String(text);
      return true;
    });
    run = new TestRun();
    empower();
    selected.forEach((_, index) => run.cluster.put(janesRequest(index)));
    approval = begin();
  });

  it("approves all requests and waits for their certificates", async () => {
    await inFakeTime(approval.run(selected));
    expect(told()).toEqual(selected.map(({ name }) => `${name} issued`));
  });

  it("tells of each decision before the next one, whatever comes after it", async () => {
    run.cluster.before(`approve ${janesName(1)}`, () => {
      expect(stderr).toContain(`\n${janesName(0)} approved\n`);
    });
    await inFakeTime(approval.run(selected));
    approval = begin({ verb: "deny" });
    run.cluster.put(janesRequest(3));
    await inFakeTime(approval.run([{ name: janesName(3), manifest: undefined, access: undefined }]));
    expect(stderr).toContain(`\n${janesName(3)} denied\n`);
  });

  describe("that ends too early", () => {
    it("tells what became of all requests when a wait fails, and why it failed", async () => {
      run.cluster.after(`approve ${janesName(2)}`, () => {
        run.cluster.before(`read ${janesName(1)}`, () => {
          throw forbidden;
        });
      });
      await expect(inFakeTime(approval.run(selected))).rejects.toThrow("no more of this");
      expect(told()).toEqual([`${janesName(0)} issued`, `${janesName(2)} issued`, `${janesName(1)} issued`]);
    });

    it("fails with the error of a decision, not with that of a wait after it", async () => {
      run.cluster.before(`approve ${janesName(2)}`, () => {
        run.cluster.before(`read ${janesName(1)}`, () => {
          throw forbidden;
        });
        throw statusError(403, "Forbidden", "not this one");
      });
      await expect(inFakeTime(approval.run(selected))).rejects.toThrow("not this one");
      expect(told()).toEqual([`${janesName(0)} issued`, `${janesName(1)} issued`, `${janesName(2)} skipped`]);
    });

    it("tells of an interrupt what was approved, what the cluster had heard of, and what nobody decided on", async () => {
      run.cluster.signer = () => undefined;
      run.cluster.after(`approve ${janesName(1)}`, () => {
        run.end.abort();
      });
      await expect(inFakeTime(approval.run(selected))).rejects.toThrow("[aborted]");
      expect(told()).toEqual([`${janesName(0)} approved`, `${janesName(1)} approved`, `${janesName(2)} skipped`]);
      expect(approval.outcomes[2]?.details).toEqual(["nothing was decided on it."]);
    });

    it("tells of a certificate that came before the interrupt", async () => {
      run.cluster.after(`approve ${janesName(2)}`, () => {
        run.end.abort();
      });
      await expect(inFakeTime(approval.run(selected))).rejects.toThrow("[aborted]");
      expect(told()).toEqual(selected.map(({ name }) => `${name} issued`));
    });

    it("does not say that it was decided what the cluster never heard of", async () => {
      run.cluster.before(`approve ${janesName(0)}`, () => {
        run.end.abort();
        throw new ConnectionError("ECONNRESET");
      });
      await expect(inFakeTime(approval.run(selected))).rejects.toThrow("[aborted]");
      expect(told()).toEqual(selected.map(({ name }) => `${name} skipped`));
    });

    it.each([
      ["approve", "unknown"],
      ["deny", "unknown"],
    ] as const)("says that it does not know when the server is gone after it was told to %s", async (verb, outcome) => {
      const gone = (): never => {
        throw new ConnectionError("ENOTFOUND");
      };
      run.cluster.signer = () => undefined;
      run.cluster.after(`approve ${janesName(1)}`, () => {
        run.cluster.before("read", ...Array.from({ length: 100 }, () => gone));
        gone();
      });
      approval = begin({ verb });
      await expect(inFakeTime(approval.run(selected))).rejects.toThrow("[server-unreachable]");
      const first = verb === "approve" ? "approved" : "denied";
      expect(told().sort()).toEqual([
        `${janesName(0)} ${first}`,
        `${janesName(1)} ${outcome}`,
        `${janesName(2)} skipped`,
      ]);
    });
  });

  describe("without questions", () => {
    const approved = async (policy?: Policy): Promise<Approval["outcomes"]> => {
      approval = begin({ policy });
      await inFakeTime(approval.run(selected.slice(0, 1)));
      return approval.outcomes;
    };
    const all = { allowedUsernames: ["*"], allowedGroups: ["*"] };

    it.each([
      [["oncall"], all, 'group "oncall" gives the whole cluster: with --yes, allowedGroups'],
      [["oncall"], { ...all, allowedGroups: ["on*", "developers"] }, 'group "oncall" gives the whole cluster'],
      [["oncall"], { ...all, allowedGroups: undefined }, 'group "oncall" gives the whole cluster'],
      [["jane"], all, 'user "jane" gives the whole cluster: with --yes, allowedUsernames'],
      [["jane"], { ...all, allowedGroups: ["jane", "*"] }, 'user "jane" gives the whole cluster'],
      [["system:authenticated"], all, 'user "jane" gives the whole cluster'],
    ])("refuses names that may do everything (%j) and stand in no policy in full", async (powerful, policy, words) => {
      empower(...powerful);
      const [outcome] = await approved(Object.fromEntries(Object.entries(policy).filter(([, value]) => value)));
      expect(outcome).toMatchObject({ outcome: "refused" });
      expect(outcome?.details.join(" ")).toContain(words);
      expect(outcome?.warnings).toEqual([expect.stringContaining("may already do everything in this cluster")]);
      expect(stderr).toContain("  warning    ");
      expect(run.cluster.logged("approve")).toEqual([]);
    });

    it("approves names that may do everything and stand in the policy in full, with a warning", async () => {
      empower("oncall", "jane");
      const [outcome] = await approved({ allowedUsernames: ["jane"], allowedGroups: ["*", "oncall"] });
      expect(outcome).toMatchObject({ outcome: "issued" });
      expect(outcome?.warnings).toEqual([
        'user "jane" may already do everything in this cluster (* on *).',
        'group "oncall" may already do everything in this cluster (* on *).',
      ]);
    });

    it("warns of nothing where there is nothing", async () => {
      expect(await approved(all)).toMatchObject([{ outcome: "issued", warnings: [] }]);
    });

    it.each<[string, () => void]>([
      [
        "may not be asked",
        () =>
          run.cluster.answers.set(reviews, () => {
            throw forbidden;
          }),
      ],
      ["has no such API", () => run.cluster.answers.delete(reviews)],
      [
        "could not find out",
        () => run.cluster.answers.set(reviews, { status: { allowed: false, evaluationError: "no" } }),
      ],
      ["answers something else", () => run.cluster.answers.set(reviews, { status: {} })],
    ])("says once that there is no warning when the cluster %s", async (_, arrange) => {
      arrange();
      await inFakeTime(approval.run(selected));
      expect(approval.outcomes.map(({ warnings }) => warnings)).toEqual([undefined, undefined, undefined]);
      expect(stderr.match(/did not say what/g)).toHaveLength(1);
      expect(run.cluster.logged(reviews)).toHaveLength(1);
    });
  });

  it("asks the cluster nothing about names when nothing is approved", async () => {
    await inFakeTime(begin({ verb: "deny" }).run(selected));
    expect(run.cluster.logged(reviews)).toEqual([]);
  });
});

describe("PowerReview", () => {
  useFakeTime();

  it("warns of the administrators of kubeadm's clusters even when they may do nothing here", async () => {
    const run = new TestRun();
    run.cluster.answers.set(reviews, { status: { allowed: false } });
    const review = new PowerReview(run.client, run.context.report);
    const powers = await inFakeTime(review.powersOf({ username: "jane", groups: ["kubeadm:cluster-admins"] }));
    expect(powers).toMatchObject({ names: [{ kind: "group", name: "kubeadm:cluster-admins" }], together: false });
  });
});
