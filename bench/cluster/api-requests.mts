import type { Api } from "./api.mts";

/** How many requests the API server has answered, by what was asked for. */
export type RequestCounts = ReadonlyMap<string, number>;

/** What runs ask for. What controllers ask for by themselves, such as leases, is not among it. */
const counted = ["certificatesigningrequests", "namespaces", "rolebindings", "roles", "selfsubjectreviews"];
/** What runs watch. Other watches are the informers' of controllers and of the API server itself. */
const watched = ["certificatesigningrequests"];

/** What the API server has answered so far. */
export async function countRequests(api: Api): Promise<RequestCounts> {
  return readCounts(await api.call("GET", "/metrics"));
}

/**
 * The counter `apiserver_request_total` of the server's metrics, such as `POST certificatesigningrequests`. A watch
 * counts when it has ended. The signer's own updates (`status`) are left out.
 */
export function readCounts(metrics: string): RequestCounts {
  const counts = new Map<string, number>();
  for (const line of metrics.split("\n")) {
    if (line.startsWith("apiserver_request_total{")) {
      const label = (name: string): string => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? "";
      const [verb, resource, subresource] = [label("verb"), label("resource"), label("subresource")];
      const isOfRuns = (verb === "WATCH" ? watched : counted).includes(resource);
      if (isOfRuns && subresource !== "status") {
        const what = `${verb} ${resource}${subresource === "" ? "" : `/${subresource}`}`;
        counts.set(what, (counts.get(what) ?? 0) + Number(line.slice(line.lastIndexOf(" "))));
      }
    }
  }
  return counts;
}

/** What was answered between two counts. */
export function difference(before: RequestCounts, after: RequestCounts): RequestCounts {
  const more = [...after].map(([what, count]): [string, number] => [what, count - (before.get(what) ?? 0)]);
  return new Map(more.filter(([, count]) => count > 0));
}
