import { type Html, html, nothing } from "../../html/html";
import { isSubmitted } from "../../../components/core/csr/issuance-request";
import { timeOf } from "../../../components/core/time";
import { type UserState, type UserStatus } from "../user-status";
import { counted, nameElement, serverElement, userElement } from "./names";
import {
  type Entry,
  type Report,
  type ReportCluster,
  type ReportSources,
  type ReportUser,
  isExpiring,
  isRenewed,
  lastsToTheEnd,
} from "./report";
import { looks, reportStates, stateIcon } from "./states";
import { distanceText, minuteText, timeElement } from "./times";

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
  const of = (test: (entry: Entry, user: ReportUser) => boolean): number =>
    users.flatMap((user) => user.entries.filter((entry) => test(entry, user))).length;
  const soon = of((entry, user) => isExpiring(entry, user, sources));
  const expired = of(({ state }) => state === "expired");
  const renewals = sources.soon.isAskedFor ? "" : ", planned renewals aside";
  if (count === 0) {
    return ["No users"];
  }
  return [
    `${counted(count, "user")} in ${counted(clusters.length, "cluster")}`,
    `${soon || "none"} ${soon > 1 ? "expire" : "expires"} within ${sources.soon.text}${renewals}`,
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
    .map((concern) => ({ concern, todo: todoOf(concern, sources) }))
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
function todoOf({ entry, user }: Concern, sources: ReportSources): string | undefined {
  const { state, status } = entry;
  switch (state) {
    case "expired":
      return "The next run of pulumi up issues another one.";
    case "due":
      return lastsToTheEnd(status.notAfter, user.accessUntil) ? endsWithAccess : "The next run of pulumi up renews it.";
    case "pending":
      return "Somebody has to approve it, or the next run takes the certificate.";
    case "approved":
      return "The signer has not answered yet. If that lasts, kubernetes-user doctor says whether this cluster signs.";
    case "denied":
      return entry.isSuperseded ? undefined : afterDenial(status);
    case "failed":
      return "The signer refused it. kubernetes-user doctor says what this cluster signs.";
    case "valid":
      return isExpiring(entry, user, sources) ? endingText(entry, user) : undefined;
    case "ended":
      return status.notAfter !== undefined && sources.now < timeOf(status.notAfter)
        ? "Access has ended, but Kubernetes cannot revoke the certificate. The next run of pulumi up removes the Roles and bindings of this user."
        : undefined;
    case "replaced":
      return undefined;
  }
}

const endsWithAccess = "Access ends with it, as declared: nothing renews it.";

function endingText(entry: Entry, user: ReportUser): string {
  const { notAfter, renewAfter } = entry.status;
  if (lastsToTheEnd(notAfter, user.accessUntil)) {
    return endsWithAccess;
  }
  return isRenewed(entry, user) && renewAfter !== undefined
    ? `A run of pulumi up renews it from ${minuteText(timeOf(renewAfter))} UTC.`
    : "It ends soon, and no renewal is known.";
}

/**
 * Who asks again after a denial. A state keeps a denied request only if no run waits for approvals; the cluster does not
 * say whether one has waited for a request.
 */
function afterDenial({ source, csrName }: UserStatus): string {
  if (source === "stack") {
    return "Because approval.timeoutSeconds is 0, no run asks again until the declaration changes.";
  }
  return csrName !== undefined && isSubmitted(csrName)
    ? "A denial is final. A run that waits for approvals submits a new request if it still needs one; with approval.timeoutSeconds 0, none does until the declaration changes."
    : "A denial is final: to ask again, submit another request.";
}

/** What the states and the signs of the page mean. */
export function legend(used: readonly UserState[]): Html {
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
