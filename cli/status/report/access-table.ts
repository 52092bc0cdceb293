import { type Html, html, nothing } from "../../html/html";
import { isDefaultOfEverybody } from "../access/default-access";
import { type Holding, type Place, placeKey } from "../access/holding";
import { type Level, type Levels, type Operation, levelsOf } from "../access/levels";
import { groupedBy } from "../grouped-by";
import { foldedList, nameElement, serverElement, userElement } from "./names";
import { type ReportCluster, type ReportUser } from "./report";
import { type RoleIndex, ruleLine } from "./role-index";
import { stateChip } from "./states";

const columns: readonly (readonly [Operation, string])[] = [
  ["read", "Read"],
  ["change", "Change"],
  ["remove", "Delete"],
];

/** What each level is called on the page. */
const words: Readonly<Record<Level, string>> = { all: "all", some: "some", none: "no", unknown: "?" };

/** So many rules stand open; more are folded. */
const openRules = 3;

/** Who may do what where in a cluster: a row for each user and place, a column for each kind of operation. */
export function accessTable(cluster: ReportCluster, roles: RoleIndex): Html {
  const everybody = cluster.asked?.access.ofEverybody().filter((holding) => !isDefaultOfEverybody(holding)) ?? [];
  const users = cluster.users.filter(({ access = [] }) => access.length > 0);
  if (users.length + everybody.length === 0) {
    return nothing;
  }
  return html`<table class="access" role="table">
    <caption>
      Who may do what where<span class="unseen"> at ${serverElement(cluster.server)}</span>
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col" class="place">Where</th>
        <th role="columnheader" scope="col" class="what">By what</th>
        ${columns.map(([, title]) => html`<th role="columnheader" scope="col" class="level">${title}</th>`)}
      </tr>
    </thead>
    ${everybody.length === 0 ? nothing : group(html`<b>Everybody who has logged in</b>`, everybody, roles, () => nothing)}${users.map(
      (user) => group(userHead(user), user.access ?? [], roles, (holding) => marks(holding, user)),
    )}
  </table>`;
}

function userHead({ username, entries: [first] }: ReportUser): Html {
  return html`<b>${userElement(username)}</b> ${stateChip(first.state)}`;
}

function group(head: Html, holdings: readonly Holding[], roles: RoleIndex, marksOf: (holding: Holding) => Html): Html {
  return html`<tbody role="rowgroup">
    <tr role="row" class="head">
      <th role="rowheader" scope="rowgroup" colspan="5" aria-colspan="5">${head}</th>
    </tr>
    ${areasOf(holdings).map((area) => row(area, roles, marksOf))}
  </tbody> `;
}

/** Places, and what is held in each of them. */
interface Area {
  readonly places: readonly Place[];
  readonly holdings: readonly Holding[];
}

function row({ places, holdings }: Area, roles: RoleIndex, marksOf: (holding: Holding) => Html): Html {
  // What is declared and not there allows nothing.
  const levels = levelsOf(holdings.filter(({ isFound }) => isFound !== false));
  return html`<tr role="row">
    <th role="rowheader" scope="row" class="place">${foldedList(places.map(placeElement))}</th>
    <td role="cell" class="what">
      <ul>
        ${holdings.map((one) => html`<li>${whatElement(one, roles)}${marksOf(one)}</li>`)}
      </ul>
      ${powersElement(levels)}
    </td>
    ${columns.map(([operation]) => levelCell(levels.operations[operation]))}
  </tr> `;
}

function levelCell(level: Level): Html {
  return html`<td role="cell" class="level ${level}">
    <svg class="icon" width="16" height="16" aria-hidden="true"><use href="#il-${level}" /></svg>${
      level === "unknown" ? html`<span class="unseen">not known</span>` : words[level]
    }
  </td>`;
}

/** The shapes of the levels, once on the page. */
export function levelShapes(): Html {
  return html`<symbol id="il-all" viewBox="0 0 16 16"><circle class="solid" cx="8" cy="8" r="7" /></symbol
    ><symbol id="il-some" viewBox="0 0 16 16"
      ><circle class="line" cx="8" cy="8" r="6" /><path class="solid" d="M8 2a6 6 0 0 0 0 12z" /></symbol
    ><symbol id="il-none" viewBox="0 0 16 16"><path class="line" d="M4 8h8" /></symbol
    ><symbol id="il-unknown" viewBox="0 0 16 16"
      ><circle class="line dash" cx="8" cy="8" r="6.5" /><path
        class="line"
        d="M6 6.4a2 2 0 1 1 2.8 1.8q-.8.4-.8 1.3M8 11.2v.9"
    /></symbol>`;
}

function placeElement(place: Place): Html {
  switch (place.kind) {
    case "namespace":
      return nameElement(place.name);
    case "cluster":
      return html`<strong>whole cluster</strong>`;
    case "unknown":
      return html`<i>kept as a secret</i>`;
  }
}

function whatElement({ role, rules }: Holding, roles: RoleIndex): Html {
  if (role !== undefined) {
    return roles.linkTo(role, rules);
  }
  return rules === undefined ? html`<i>kept as a secret</i>` : rulesElement(rules);
}

/** Rules, the first of them open. */
function rulesElement(rules: NonNullable<Holding["rules"]>): Html {
  const lines = rules.map(ruleLine);
  const folded = lines.slice(openRules);
  return html`${lines.slice(0, openRules)}${
    folded.length === 0
      ? nothing
      : html`<details>
          <summary>${folded.length} more rules</summary>
          ${folded}
        </details>`
  }`;
}

/** What is to be known of something that a user has. */
function marks({ group, isDeclared, isFound }: Holding, user: ReportUser): Html {
  const through =
    group === undefined
      ? nothing
      : html` <span class="tag"
          >through group
          ${nameElement(group)}${user.groups?.includes(group) === true ? nothing : " of an earlier certificate"}</span
        >`;
  const note = noteOn({ isDeclared, isFound }, user, group);
  return html`${through}${note === undefined ? nothing : html` <span class="tag drift">${note}</span>`}`;
}

/** Where stack and cluster differ, or will. */
function noteOn(
  { isDeclared, isFound }: Pick<Holding, "isDeclared" | "isFound">,
  { entries, isDeclared: isKnown }: ReportUser,
  group: string | undefined,
): string | undefined {
  if (entries[0].state === "ended") {
    return "still in the cluster";
  }
  if (isDeclared && isFound !== true && entries.every(({ status }) => status.notAfter === undefined)) {
    return "once a certificate is issued";
  }
  if (isDeclared && isFound === false) {
    return "not in the cluster";
  }
  return !isDeclared && group === undefined && isKnown ? "not in the stack" : undefined;
}

function powersElement({ powers }: Levels): Html {
  return powers.length === 0
    ? nothing
    : html`<ul class="powers">
        ${powers.map((power) => html`<li>${powerTexts[power]}</li>`)}
      </ul>`;
}

const powerTexts: Readonly<Record<Levels["powers"][number], string>> = {
  everything: "may do everything",
  Secrets: "reads Secrets",
  "commands in Pods": "runs commands in Pods",
  Pods: "starts Pods",
  escalation: "can widen access",
};

/** Places in which the same is held, the whole cluster first. */
function areasOf(holdings: readonly Holding[]): Area[] {
  const places = [...groupedBy(holdings, ({ place }) => placeKey(place)).values()];
  const areas = groupedBy(places, (ofPlace) => JSON.stringify(ofPlace.map(({ place, ...others }) => others)));
  return [...areas.values()]
    .map((same) => ({ places: same.map(([{ place }]) => place), holdings: same[0] }))
    .sort((one, other) => Number(isClusterWide(other)) - Number(isClusterWide(one)));
}

function isClusterWide({ places }: Area): boolean {
  return places.some(({ kind }) => kind === "cluster");
}
