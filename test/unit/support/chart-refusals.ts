import { KubernetesUser } from "../../../components/cdk8s";
import { type KubernetesUserError } from "../../../components/core/errors";
import { errorOf } from "./errors";
import { emptyChart, janesRequest } from "./manifests";

/** The error that these properties are refused with; nothing may be in the tree by then. */
export function refusalOf(props: object, chart = emptyChart()): KubernetesUserError {
  const before = chart.node.findAll();
  const error = errorOf(() => new KubernetesUser(chart, "jane", { request: janesRequest, ...props }));
  expect(chart.node.findAll()).toEqual(before);
  return error;
}
