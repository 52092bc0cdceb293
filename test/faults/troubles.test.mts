import { kubectl } from "../engine/support/commands.mts";
import { Project, succeed } from "../engine/support/project.mts";
import { type PulumiRun } from "@kubernetes-user/toolchain";
import { ApiFront, type Verdict } from "./support/api-front.mts";
import { type Exchange, type Stage } from "./support/exchange.mts";
import { type FaultReport, printReport } from "./support/report.mts";
import { replaceRequest } from "./support/replace-request.mts";
import { requestsOf, whoami } from "./support/traces.mts";

/** A fault that strikes one user's exchanges at a stage, so many times. */
interface Fault {
  readonly fault: string;
  readonly stage: Stage;
  readonly moment: Exchange["moment"];
  /** @default 1 */
  readonly times?: number;
  /** Whether the first watch is closed at once, so that the request is read. */
  readonly closesWatch?: boolean;
  readonly strike: (exchange: Exchange) => Promise<Verdict> | Verdict;
}

const expired = { kind: "Status", apiVersion: "v1", status: "Failure", reason: "Expired", code: 410 };

/** What a run waits out. */
const waitedOut: Readonly<Record<string, Fault>> = {
  "reset-submit": { fault: "connection reset", stage: "submit", moment: "before", strike: () => "cut" },
  "lost-submit": { fault: "answer lost", stage: "submit", moment: "after", strike: () => "cut" },
  "lost-read": { fault: "answer lost", stage: "read", moment: "after", closesWatch: true, strike: () => "cut" },
  "lost-approve": { fault: "answer lost", stage: "approve", moment: "after", strike: () => "cut" },
  "busy-submit": { fault: "429, Retry-After 1", stage: "submit", moment: "before", times: 2, strike: busy },
  "busy-approve": { fault: "429, Retry-After 1", stage: "approve", moment: "before", times: 2, strike: busy },
  unavailable: {
    fault: "503",
    stage: "approve",
    moment: "before",
    times: 3,
    strike: () => ({ status: 503, headers: { "content-type": "application/json" }, body: "{}" }),
  },
  "bad-gateway": {
    fault: "502, a proxy's page",
    stage: "read",
    moment: "before",
    times: 3,
    closesWatch: true,
    strike: () => ({ status: 502, headers: { "content-type": "text/html" }, body: "<html>Bad Gateway</html>" }),
  },
  "closed-watch": {
    fault: "watch closed at once",
    stage: "watch",
    moment: "before",
    strike: () => ({ status: 200, body: "" }),
  },
  "cut-watch": { fault: "watch cut before the event", stage: "issued", moment: "before", strike: () => "cut" },
  "old-watch": {
    fault: "watch answers 410 Gone",
    stage: "watch",
    moment: "before",
    strike: () => ({ status: 410, headers: { "content-type": "application/json" }, body: JSON.stringify(expired) }),
  },
  "expired-watch": {
    fault: "watch says: resource version too old",
    stage: "watch",
    moment: "before",
    strike: () => ({ status: 200, body: `${JSON.stringify({ type: "ERROR", object: expired })}\n` }),
  },
  "silent-watch": {
    fault: "watch falls silent",
    stage: "issued",
    moment: "before",
    strike: untilGone,
  },
  "slow-submit": { fault: "answer never comes", stage: "submit", moment: "after", strike: untilGone },
  conflict: {
    fault: "object changed since it was read",
    stage: "approve",
    moment: "before",
    strike: async ({ request }) => {
      await kubectl(`annotate csr ${String(request)} touched=yes`);
      return undefined;
    },
  },
};

/** What a run tells at once, with the code; the next run goes on. */
const told: Readonly<Record<string, Fault & { readonly code: string; readonly afterwards: string }>> = {
  "deleted-request": {
    fault: "request deleted while it waits",
    stage: "issued",
    moment: "before",
    strike: async ({ request }): Promise<Verdict> => {
      await kubectl(`delete csr ${String(request)}`);
      return "cut";
    },
    code: "request-mismatch",
    afterwards: "1 request",
  },
  "swapped-request": {
    fault: "request replaced before it is approved",
    stage: "approve",
    moment: "before",
    strike: ({ request }) => replaceRequest(String(request)),
    code: "request-mismatch",
    afterwards: "1 request, 1 foreign",
  },
  "stuck-approval": {
    fault: "503 for ever",
    stage: "approve",
    moment: "before",
    times: Number.POSITIVE_INFINITY,
    strike: () => ({ status: 503 }),
    code: "approval-pending",
    afterwards: "1 request",
  },
};

function busy(): Verdict {
  return { status: 429, headers: { "retry-after": "1", "content-type": "application/json" }, body: "{}" };
}

/** The client gives up first. */
async function untilGone({ gone }: Exchange): Promise<Verdict> {
  await gone;
  return "cut";
}

const program = (users: readonly string[], kubeconfig: string): string => `
  for (const name of ${JSON.stringify(users)}) {
    const approval = { timeoutSeconds: name === "stuck-approval" ? 5 : 300 };
    exports[name] = new KubernetesUser(name, { kubeconfig: ${JSON.stringify(kubeconfig)}, approval }).kubeconfig;
  }`;

describe("trouble with the API server", () => {
  const reports: FaultReport[] = [];
  let front: ApiFront;

  beforeAll(async () => {
    front = await ApiFront.start("troubles");
  });

  afterAll(async () => {
    await front[Symbol.asyncDispose]();
    printReport("Trouble with the API server, in the middle of a run", reports);
  });

  describe("that passes", () => {
    const struck = new Map<string, number>();
    let project: Project;
    let run: PulumiRun;
    let kubeconfigs: Readonly<Record<string, unknown>>;

    beforeAll(async () => {
      project = await Project.create(program(Object.keys(waitedOut), front.kubeconfig));
      front.intervene = strike(waitedOut, struck);
      run = await project.stack.up();
      front.intervene = () => undefined;
      kubeconfigs = await project.stack.outputs();
    });

    afterAll(async () => {
      await project[Symbol.asyncDispose]();
    });

    it("fails no run", () => {
      succeed(run);
      expect(front.failures).toEqual([]);
    });

    it.each(Object.entries(waitedOut))("%s is waited out: one request, one certificate", async (user, fault) => {
      expect(struck.get(user)).toBeGreaterThanOrEqual(fault.times ?? 1);
      const requests = await requestsOf(user);
      expect(requests.map(({ certificate }) => certificate !== undefined)).toEqual([true]);
      expect(await whoami(project, kubeconfigs[user])).toBe(user);
      reports.push({ ...at(fault), outcome: "waited out", issued: 1, left: "1 request" });
    });

    it("is told while it lasts", () => {
      expect(run.output).toMatch(/busy-submit: \S+ answers 429 while trying to create \S+ \S+: trying again/);
      // A cut is told only of a new connection: on one that was idle, the request is sent again at once.
      expect(run.output).toMatch(
        /slow-submit: \S+ does not answer \(ETIMEDOUT\) while trying to create \S+ \S+: trying again/,
      );
    });
  });

  describe("that does not pass", () => {
    let project: Project;
    let run: PulumiRun;

    beforeAll(async () => {
      project = await Project.create(program(Object.keys(told), front.kubeconfig));
      front.intervene = strike(told);
      run = await project.stack.up("--continue-on-error");
      front.intervene = () => undefined;
    });

    afterAll(async () => {
      await project[Symbol.asyncDispose]();
    });

    it("fails the run, with what to do", () => {
      expect(run.exitCode).not.toBe(0);
      expect(front.failures).toEqual([]);
    });

    it.each(Object.entries(told))("%s is told, and nothing is let in", async (user, { code }) => {
      const message = run.output.split("\n").find((line) => line.includes(user) && line.includes(`[${code}]`));
      expect(message).toBeDefined();
      expect((await requestsOf(user)).filter(({ certificate }) => certificate !== undefined)).toEqual([]);
    });

    it("is forgotten in the next run", async () => {
      await project.up();
      const kubeconfigs = await project.stack.outputs();
      for (const [user, fault] of Object.entries(told)) {
        const requests = await requestsOf(user);
        const issued = requests.filter(({ certificate }) => certificate !== undefined);
        expect(issued).toHaveLength(1);
        expect(requests).toHaveLength(fault.afterwards.includes("foreign") ? 2 : 1);
        expect(await whoami(project, kubeconfigs[user])).toBe(user);
        reports.push({
          ...at(fault),
          outcome: `told, next run went on [${fault.code}]`,
          issued: 1,
          left: fault.afterwards,
        });
      }
    });
  });
});

function at({ fault, stage, moment }: Fault): { fault: string; stage: string } {
  return { fault, stage: `${moment} ${stage}` };
}

/** Lets each user's fault strike as often as it should. */
function strike(faults: Readonly<Record<string, Fault>>, struck = new Map<string, number>()) {
  const closed = new Set<string>();
  return (exchange: Exchange): Promise<Verdict> | Verdict => {
    const { user = "", stage, moment } = exchange;
    const fault = faults[user];
    if (fault?.closesWatch === true && stage === "watch" && !closed.has(user)) {
      closed.add(user);
      return { status: 200, body: "" };
    }
    const count = struck.get(user) ?? 0;
    if (fault?.stage !== stage || fault.moment !== moment || count >= (fault.times ?? 1)) {
      return undefined;
    }
    struck.set(user, count + 1);
    return fault.strike(exchange);
  };
}
