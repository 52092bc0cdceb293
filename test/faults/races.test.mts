import { generateKeyPairSync } from "node:crypto";

import { createRequest } from "../../components/core/csr/certification-request.ts";
import { kubectl } from "../engine/support/commands.mts";
import { Project, succeed } from "../engine/support/project.mts";
import { ApiFront, type Intervention } from "./support/api-front.mts";
import { type Stage } from "./support/exchange.mts";
import { type FaultReport, printReport } from "./support/report.mts";
import { requestsOf } from "./support/traces.mts";

/** Stages at which two runs arrive together. */
const races: readonly Stage[] = ["find", "submit", "approve"];

describe("two runs at once for the same request", () => {
  const reports: FaultReport[] = [];
  let front: ApiFront;

  beforeAll(async () => {
    front = await ApiFront.start("races");
  });

  afterAll(async () => {
    await front[Symbol.asyncDispose]();
    printReport("Two runs at once for the same request", reports);
  });

  it.each(races)("that meet at %s end with one request and one certificate", async (stage) => {
    const user = `race-${stage}`;
    const { privateKey } = generateKeyPairSync("ed25519", {
      privateKeyEncoding: { format: "pem", type: "pkcs8" },
      publicKeyEncoding: { format: "pem", type: "spki" },
    });
    const request = createRequest({ username: user, groups: [] }, privateKey);
    const program = `exports.user = (({ csrName, serialNumber }) => ({ csrName, serialNumber }))(
      new KubernetesUser("${user}", ${JSON.stringify({ request, kubeconfig: front.kubeconfig })}));`;
    await using first = await Project.create(program);
    await using second = await Project.create(program);
    const meeting = new Meeting(stage);
    front.intervene = meeting.intervene;

    const [one, other] = await Promise.all([first.stack.up(), second.stack.up()]);

    front.intervene = () => undefined;
    expect(front.failures).toEqual([]);
    expect(meeting.met).toBe(true);
    succeed(one);
    succeed(other);
    const requests = await requestsOf(user);
    expect(requests.map(({ certificate }) => certificate !== undefined)).toEqual([true]);
    const outputs = await first.stack.outputs();
    expect(outputs).toMatchObject({ user: { csrName: requests[0]?.name } });
    expect(await second.stack.outputs()).toEqual(outputs);
    const { status } = JSON.parse(await kubectl(`get csr ${String(requests[0]?.name)} -o json`)) as {
      status: { conditions: readonly unknown[] };
    };
    expect(status.conditions).toHaveLength(1);
    reports.push({ fault: "two runs", stage, outcome: "both got the same certificate", issued: 1, left: "1 request" });
  });
});

/** Holds whoever comes first to a stage until the other is there too. */
class Meeting {
  met = false;
  private waiting = 0;
  private readonly both = Promise.withResolvers<undefined>();
  private readonly stage: Stage;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  readonly intervene: Intervention = async ({ stage, moment, gone }) => {
    if (this.met || stage !== this.stage || moment !== "before") {
      return undefined;
    }
    this.waiting += 1;
    if (this.waiting === 2) {
      this.met = true;
      this.both.resolve(undefined);
    }
    // Who gives up waiting will ask again, and is not the other one then.
    await Promise.race([this.both.promise, gone]);
    this.waiting -= 1;
    return undefined;
  };
}
