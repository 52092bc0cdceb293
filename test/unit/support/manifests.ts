import { Chart, type ChartProps, Testing } from "cdk8s";
import { KubernetesUser, type KubernetesUserProps } from "../../../components/cdk8s";
import { requestOf } from "./test-authority";
import { type Rule } from "./rights";

/** An object of a manifest, as far as tests look at it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly rules?: readonly Rule[];
  readonly roleRef?: Readonly<Record<string, string>>;
  readonly subjects?: readonly Readonly<Record<string, string>>[];
}

/** What jane asks for; one text for all tests of a file, since each signature is another. */
export const janesRequest = requestOf({ username: "jane", groups: ["developers", "oncall"] });

/** An empty chart called `users`, in an app of its own. */
export function emptyChart(props?: ChartProps): Chart {
  return new Chart(Testing.app(), "users", props);
}

/** The user `jane` of an empty chart. */
export function jane(props: Partial<KubernetesUserProps> = {}): {
  readonly user: KubernetesUser;
  readonly chart: Chart;
} {
  const chart = emptyChart();
  return { chart, user: new KubernetesUser(chart, "jane", { request: janesRequest, ...props }) };
}

/** The objects of a chart as they are written. */
export function synth(chart: Chart): readonly Manifest[] {
  return Testing.synth(chart) as readonly Manifest[];
}

/** What an object is told from others by. */
export function identityOf({ kind, metadata }: Manifest): string {
  return [kind, metadata.namespace ?? "", metadata.name].join(" ");
}
