import { type Html, html, nothing } from "../../html/html";
import { timeOf } from "../../../components/core/time";
import { type Entry, type ReportCluster, type ReportUser } from "./report";
import { nameElement, nameList, serverElement, userElement } from "./names";
import { looks, stateChip } from "./states";
import { type Timeline, placeOn, spanOf, timelineOf } from "./timeline";
import { distanceText, minuteText, timeElement } from "./times";

/** What all rows of a table have in common. */
interface Table {
  readonly timeline: Timeline;
  readonly now: number;
}

/** Certificates and requests of a cluster's users, with their lifetimes on one time axis. */
export function lifetimeTable(cluster: ReportCluster, now: number): Html {
  const entries = cluster.users.flatMap(({ entries }) => entries);
  const spans = entries
    .map(({ status }) => spanOf(status.notBefore, status.notAfter, now))
    .filter((span) => span !== undefined);
  const table = { timeline: timelineOf(spans, now), now };
  return html`<table class="lifetimes" role="table">
    <caption>
      Certificates and requests.
      <span class="unseen">At ${serverElement(cluster.server)}.</span>
      Times are UTC.${table.timeline.isCut ? " Some lifetimes reach beyond the axis; an arrow says so." : ""}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col" class="who">User</th>
        <th role="columnheader" scope="col" class="life">
          <span class="unseen">Lifetime</span>${spans.length === 0 ? nothing : axis(table)}
        </th>
        <th role="columnheader" scope="col" class="state">State</th>
        <th role="columnheader" scope="col" class="end">Expires</th>
        <th role="columnheader" scope="col" class="renewal">Renewed from</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${cluster.users.flatMap((user) => user.entries.map((entry, index) => row(user, entry, index === 0, table)))}
    </tbody>
  </table>`;
}

/** The ticks of the axis, for the eye: each row says its times in words. */
function axis({ timeline, now }: Table): Html {
  return html`<svg class="axis" width="100%" height="34" aria-hidden="true">
    ${timeline.ticks.map(
      ({ at, label }) =>
        html`<line x1="${percent(at)}" x2="${percent(at)}" y1="29" y2="34" class="tick" /><text
            x="${percent(at)}"
            y="25"
            >${label}</text
          >`,
    )}
    <text x="${percent(placeOn(timeline, now))}" y="10" class="now">now</text>
  </svg>`;
}

function row(user: ReportUser, entry: Entry, isFirst: boolean, table: Table): Html {
  const { status, state } = entry;
  const { notAfter, renewAfter } = status;
  return html`<tr role="row" class="${isFirst ? "first" : "more"}">
    <th role="rowheader" scope="row" class="who">${isFirst ? who(user) : another(user, entry)}</th>
    <td role="cell" class="life">
      ${notAfter === undefined ? withoutCertificate(entry) : bar(entry, notAfter, table)}
    </td>
    <td role="cell" class="state">${stateChip(state)}</td>
    <td role="cell" class="end">
      ${notAfter === undefined ? absent() : html`<span class="label">expires </span>${timeElement(notAfter)} <small>${distanceText(notAfter, table.now)}</small>`}
    </td>
    <td role="cell" class="renewal">
      ${renewAfter === undefined || state === "ended" ? absent() : html`<span class="label">renewed from </span>${timeElement(renewAfter)}`}
    </td>
  </tr> `;
}

function absent(): Html {
  return html`<span class="none" aria-hidden="true">–</span><span class="unseen">none</span>`;
}

function who({ username, groups, accessUntil }: ReportUser): Html {
  return html`<b>${userElement(username)}</b>${
      groups === undefined || groups.length === 0 ? nothing : html`<div class="sub">in ${nameList(groups)}</div>`
    }${accessUntil === undefined ? nothing : html`<div class="sub">access until ${timeElement(accessUntil)}</div>`}`;
}

/** Another certificate or request of the user above. */
function another({ username, groups }: ReportUser, { status, state, isSuperseded }: Entry): Html {
  const what =
    state === "replaced"
      ? "earlier certificate"
      : status.notAfter === undefined
        ? isSuperseded
          ? "earlier request"
          : "next request"
        : "another certificate";
  const others = status.groups ?? [];
  const differ = others.length > 0 && others.join("\n") !== groups?.join("\n");
  return html`<span class="unseen">${userElement(username)}: </span>
    <div class="sub">${what}${differ ? html` in ${nameList(others)}` : nothing}</div>`;
}

function withoutCertificate({ status, state }: Entry): Html {
  const request = status.csrName === undefined ? nothing : html` Request ${nameElement(status.csrName)}.`;
  return html`<span class="request">${looks[state].meaning}${request}</span>`;
}

/** A lifetime: what of it has passed, what is left, and from when on it is renewed. */
function bar({ status, state }: Entry, notAfter: string, { timeline, now }: Table): Html {
  const { notBefore, renewAfter } = status;
  const span = spanOf(notBefore, notAfter, now);
  if (span === undefined) {
    return html`<span class="request">It ends before it begins.</span>`;
  }
  // Access may have ended before the certificate, which is valid all the same.
  const look = state === "ended" && now < span.to ? "valid" : state;
  const place = (time: number): number => placeOn(timeline, time);
  const [from, to, today] = [place(span.from), place(span.to), place(now)];
  const over = Math.min(Math.max(today, from), to);
  const renewal = renewAfter === undefined ? undefined : timeOf(renewAfter);
  const isShown = renewal !== undefined && renewal >= timeline.from && renewal <= timeline.to && state !== "ended";
  return html`<svg
    class="bar ${looks[state].tone} of-${look}"
    width="100%"
    height="24"
    role="img"
    aria-label="${barText(status, now)}"
  >
    <line class="track" x1="0" x2="100%" y1="12" y2="12" />
    <rect class="span" x="${percent(from)}" width="${percent(Math.max(to - from, 0.6))}" y="6" height="12" rx="3" />
    ${
      over > from
        ? html`<rect class="over" x="${percent(from)}" width="${percent(over - from)}" y="6" height="12" rx="3" />`
        : nothing
    }
    <line class="now" x1="${percent(today)}" x2="${percent(today)}" y1="0" y2="24" />
    ${
      isShown
        ? html`<svg x="${percent(place(renewal))}" class="at"><path class="renew" d="M0 5l7 7-7 7-7-7z" /></svg>`
        : nothing
    }${span.from < timeline.from ? html`<path class="beyond" d="M9 7l-6 5 6 5z" />` : nothing}${
      span.to > timeline.to ? html`<svg x="100%" class="at"><path class="beyond" d="M-9 7l6 5-6 5z" /></svg>` : nothing
    }
  </svg>`;
}

/** What the bar shows, in words. */
function barText({ notBefore, notAfter, renewAfter }: Entry["status"], now: number): string {
  if (notAfter === undefined) {
    return "";
  }
  const [from, to] = [notBefore === undefined ? undefined : timeOf(notBefore), timeOf(notAfter)];
  const since = from === undefined ? "Valid" : `Valid from ${minuteText(from)}`;
  const passed =
    from === undefined || to <= from
      ? ""
      : `, ${Math.min(100, Math.max(0, Math.round(((now - from) / (to - from)) * 100)))} % of it passed`;
  const renewal = renewAfter === undefined ? "" : `; renewed from ${minuteText(timeOf(renewAfter))}`;
  return `${since} to ${minuteText(to)} UTC${passed}${renewal}`;
}

function percent(value: number): string {
  return `${Math.round(value * 100) / 100}%`;
}
