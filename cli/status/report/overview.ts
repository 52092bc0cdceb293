import { type Html, html, nothing } from "../../html/html";
import { counted, nameElement, serverElement, userElement } from "./names";
import { type Entry, type Report, type ReportCluster, type ReportSources, type ReportUser, endsSoon } from "./report";
import { type ReportState, looks, reportStates, stateIcon } from "./states";
import { distanceText, timeElement } from "./times";

/** So many lines stand open; more are folded. */
const openLines = 30;

/** A user's certificate or request that somebody should look at. */
interface Concern {
  readonly cluster: ReportCluster;
  readonly user: ReportUser;
  readonly entry: Entry;
}

/** How many users there are, and how many certificates end soon: `12 users in 2 clusters`, `1 expires within 24 h`. */
export function summaryParts({ clusters, sources }: Report): readonly string[] {
  const users = clusters.flatMap((cluster) => cluster.users);
  const count = new Set(users.map((user) => user.username ?? user)).size;
  const of = (test: (entry: Entry) => boolean): number => users.filter(({ entries: [first] }) => test(first)).length;
  const soon = of((entry) => endsSoon(entry, sources));
  const expired = of(({ state }) => state === "expired");
  if (count === 0) {
    return ["No users"];
  }
  return [
    `${counted(count, "user")} in ${counted(clusters.length, "cluster")}`,
    `${soon || "none"} ${soon > 1 ? "expire" : "expires"} within ${sources.soon.text}`,
    ...(expired === 0 ? [] : [`${expired} ${expired === 1 ? "has" : "have"} expired`]),
  ];
}

/** How many certificates and requests are in which state. */
export function stateCounts({ clusters }: Report): Html {
  const entries = clusters.flatMap(({ users }) => users.flatMap((user) => user.entries));
  const counts = reportStates
    .map((state) => ({ state, count: entries.filter((entry) => entry.state === state).length }))
    .filter(({ count }) => count > 0);
  return counts.length === 0
    ? nothing
    : html`<ul class="counts">
        ${counts.map(({ state, count }) => html`<li>${stateIcon(state)}<b>${count}</b> ${state}</li>`)}
      </ul>`;
}

/** What somebody should do something about, the worst first. */
export function concerns({ clusters, sources }: Report): Html {
  const found = clusters
    .flatMap((cluster) => cluster.users.flatMap((user) => user.entries.map((entry) => ({ cluster, user, entry }))))
    .map((concern) => ({ concern, todo: todoOf(concern.entry, sources) }))
    .filter(({ todo }) => todo !== undefined)
    .sort((one, other) => rankOf(one.concern) - rankOf(other.concern));
  if (found.length === 0) {
    return html`<p class="calm-note">
      ${stateIcon("valid")} Nothing: no certificate is due or has expired, and no request waits.
    </p>`;
  }
  const lines = found.map(({ concern, todo }) => line(concern, todo ?? "", sources));
  const folded = lines.slice(openLines);
  return html`<ul class="concerns">
      ${lines.slice(0, openLines)}
    </ul>
    ${
      folded.length === 0
        ? nothing
        : html`<details>
            <summary>${folded.length} more</summary>
            <ul class="concerns">
              ${folded}
            </ul>
          </details>`
    }`;
}

function line({ cluster, user, entry: { status, state } }: Concern, todo: string, { now }: ReportSources): Html {
  const { notAfter, csrName } = status;
  const distance = notAfter === undefined ? "" : distanceText(notAfter, now);
  const when =
    notAfter === undefined
      ? nothing
      : html`${state === "expired" ? " " : ", expires "}${distance} (${timeElement(notAfter)})`;
  const request = notAfter !== undefined || csrName === undefined ? nothing : html` Request ${nameElement(csrName)}.`;
  return html`<li>
    ${stateIcon(state)}
    <div>
      <b>${userElement(user.username)}</b> <strong class="${looks[state].tone}">${state}</strong>${when}
      <span class="todo">${todo}${request} At ${serverElement(cluster.server)}.</span>
    </div>
  </li>`;
}

function rankOf({ entry }: Concern): number {
  return reportStates.indexOf(entry.state);
}

/** What to do; undefined where there is nothing to be done. */
function todoOf(entry: Entry, sources: ReportSources): string | undefined {
  const { state, status } = entry;
  switch (state) {
    case "expired":
      return "The next run of pulumi up issues another one.";
    case "due":
      return "The next run of pulumi up renews it.";
    case "pending":
      return "Somebody has to approve it, or the next run takes the certificate.";
    case "approved":
      return "The signer has not answered yet. If that lasts, kubernetes-user doctor says whether this cluster signs.";
    case "denied":
      return "Nothing asks again until the declaration changes.";
    case "failed":
      return "The signer refused it. kubernetes-user doctor says what this cluster signs.";
    case "valid":
      // One that is always renewed within that time ends within it all its life.
      return endsSoon(entry, sources) && (status.renewAfter === undefined || isLongLived(entry, sources))
        ? "It ends soon."
        : undefined;
    case "replaced":
    case "ended":
      return undefined;
  }
}

function isLongLived({ status: { notBefore, notAfter } }: Entry, { soon }: ReportSources): boolean {
  return (
    notBefore !== undefined &&
    notAfter !== undefined &&
    Date.parse(notAfter) - Date.parse(notBefore) > 2 * soon.seconds * 1000
  );
}

/** What the states and the signs of the page mean. */
export function legend(used: readonly ReportState[]): Html {
  return html`<dl class="legend">
    ${used.map(
      (state) =>
        html`<div>
          <dt>${stateIcon(state)}${state}</dt>
          <dd>${looks[state].meaning}</dd>
        </div>`,
    )}
  </dl>`;
}
