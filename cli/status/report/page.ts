import { type Html, html, nothing, styleSheet } from "../../html/html";
import { formatTime } from "../../../components/core/time";
import { isAssumed } from "../access/levels";
import { accessTable, levelShapes } from "./access-table";
import { gapsOf } from "./gaps";
import { lifetimeTable } from "./lifetimes";
import { counted, foldedList, serverElement, userElement } from "./names";
import { concerns, legend, stateCounts, summaryParts } from "./overview";
import { replacedTable } from "./replaced-table";
import { type Report, type ReportCluster, type ReportUser } from "./report";
import { RoleIndex } from "./role-index";
import { reportStates, stateShapes } from "./states";
import { css } from "./style";
import { minuteText } from "./times";

/** A page that needs nothing else: no script, nothing from elsewhere. */
export function reportPage(report: Report): string {
  const { clusters, sources } = report;
  const { policy, style } = styleSheet(css);
  const summary = summaryParts(report);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        ${policy}
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <meta name="robots" content="noindex" />
        <title>Kubernetes users: ${summary.join("; ")}</title>
        ${style}
      </head>
      <body>
        <svg class="shapes" width="0" height="0" aria-hidden="true">
          ${stateShapes()}${levelShapes()}
          <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <path d="M0 0v6" />
          </pattern>
        </svg>
        <header>
          <p class="brand">kubernetes-user status</p>
          <h1>
            ${summary.map((part, index) => html`<span class="part">${part}${index < summary.length - 1 ? ";" : ""}</span> `)}
          </h1>
          <p class="as-of">
            As of <time datetime="${formatTime(sources.now)}">${minuteText(sources.now)}</time> UTC, ${origin(report)}
          </p>
          ${sources.asked?.doubt === undefined ? nothing : html`<p class="doubt">${sources.asked.doubt}</p>`}
          ${stateCounts(report)} ${clusters.length < 2 ? nothing : contents(clusters)}
        </header>
        <main>
          ${
            clusters.length === 0
              ? html`<section class="card">
                  <h2>There are no users</h2>
                  <p>${emptyText(report)}</p>
                </section>`
              : html`<section class="card" aria-labelledby="attention">
                    <h2 id="attention">Needs attention</h2>
                    ${concerns(report)}
                  </section>
                  ${clusters.map((cluster, index) => clusterSection(cluster, index, report))}`
          }
        </main>
        <footer>
          ${clusters.length === 0 ? nothing : explanation(clusters)}
          <p>
            The page shows what the state or the cluster said when it was made, and does not change. It loads nothing
            and holds no keys and passwords, but it names people and what they may do: treat it as internal.
          </p>
        </footer>
      </body>
    </html>`.markup;
}

function explanation(clusters: readonly ReportCluster[]): Html {
  return html`<h2>How to read this page</h2>
    ${legend(usedStates(clusters))}
    <p>
      A bar is the time for which a certificate is valid; what has passed of it is faint. The diamond on it is the time
      from which a run renews it. A hatched bar has expired, and a dashed one has been replaced.
    </p>
    <p>
      Access: <b>all</b> is every operation of that kind on everything in that place, and <b>some</b> is a part of it. A
      question mark is a role into which nobody has looked: with <code>--cluster</code>, this page does.
    </p>
    <p>
      Tags such as <b>reads Secrets</b> or <b>can widen access</b> are for the ways to more access that the Kubernetes
      documentation lists in its good practices for RBAC. Who starts Pods can run them as any ServiceAccount of the
      namespace and mount all of its Secrets. The tags are not all: rights without one may lead to more access, too.
    </p>`;
}

function contents(clusters: readonly ReportCluster[]): Html {
  return html`<nav aria-label="Clusters">
    <ul>
      ${clusters.map(
        ({ server, users }, index) =>
          html`<li>
            <a href="#c${index}">${serverElement(server)}</a> <small>${counted(users.length, "user")}</small>
          </li>`,
      )}
    </ul>
  </nav>`;
}

/** Where all this is from. */
function origin({ sources: { stacks, asked } }: Report): Html {
  const ofStacks = stacks === 0 ? nothing : html`from the state of ${counted(stacks, "stack")}`;
  const ofCluster = asked === undefined ? nothing : html`from the cluster ${serverElement(asked.server)}`;
  return html`${ofStacks}${stacks > 0 && asked !== undefined ? " and " : ""}${ofCluster}.${
    stacks > 0
      ? nothing
      : html` A cluster keeps requests for a day at most: the state of a stack knows all of its users.`
  }`;
}

function emptyText({ sources: { stacks } }: Report): string {
  return stacks === 0
    ? "The cluster has no requests with the label of kubernetes-user. Kubernetes removes issued, denied and failed ones after an hour and pending ones after 24 hours: the state of a stack knows all of its users (--stack FILE)."
    : "The state declares no KubernetesUser.";
}

function clusterSection(cluster: ReportCluster, index: number, { sources: { now } }: Report): Html {
  const roles = new RoleIndex(`c${index}`);
  const access = accessTable(cluster, roles);
  return html`<section class="card cluster" aria-labelledby="c${index}">
    <h2 id="c${index}"><small>Cluster</small> ${serverElement(cluster.server)}</h2>
    <h3>Lifetimes</h3>
    ${lifetimeTable(cluster, now)}
    <h3>Access</h3>
    ${accessNote(cluster)} ${access} ${withoutAccess(cluster)} ${roles.section()} ${replacedTable(cluster, now)}
  </section> `;
}

/** What the table of access is made of. */
function accessNote({ asked, users }: ReportCluster): Html {
  const holdings = users.flatMap(({ access = [] }) => access);
  const assumed = holdings.some(isAssumed)
    ? " The ClusterRoles view, edit, admin and cluster-admin are taken as Kubernetes makes them."
    : "";
  if (asked === undefined) {
    return holdings.length === 0
      ? nothing
      : html`<p class="note">
          As the stack declares it. The cluster was not asked: only it knows of access through groups, and what roles
          hold.${assumed}
        </p>`;
  }
  return html`${gapsOf(asked).map((gap) => html`<p class="note">This is not all: ${gap}${assumed}</p>`)}`;
}

/** Users who are in no row. */
function withoutAccess({ users, asked }: ReportCluster): Html {
  const none = users.filter(({ access }) => access?.length === 0);
  const unknown = users.filter(({ access }) => access === undefined);
  const what = asked === undefined ? "Nothing is declared for" : "Nothing is bound to";
  return html`${none.length === 0 ? nothing : html`<div class="note">${what} ${list(none)}</div>`}${
    unknown.length === 0 ? nothing : html`<div class="note">It is not known what may be done by ${list(unknown)}</div>`
  }`;
}

function list(users: readonly ReportUser[]): Html {
  return foldedList(users.map(({ username }) => userElement(username)));
}

function usedStates(clusters: readonly ReportCluster[]): (typeof reportStates)[number][] {
  const used = new Set(
    clusters.flatMap(({ users }) => users.flatMap(({ entries }) => entries.map(({ state }) => state))),
  );
  return reportStates.filter((state) => used.has(state));
}
