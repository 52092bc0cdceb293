import { type Html, html, nothing } from "../../html/html";
import { type Holding } from "../access/holding";
import { ruleText } from "../access/rule-text";
import { nameElement, textElement } from "./names";

type Role = NonNullable<Holding["role"]>;
type Rules = NonNullable<Holding["rules"]>;

/** Kubernetes' own roles name a few dozen resources in one rule. */
const longestList = 4000;

interface IndexedRole {
  readonly id: string;
  readonly role: Role;
  readonly rules: Rules;
}

/** The roles that a cluster's users have, whose rules stand once on the page, however many have them. */
export class RoleIndex {
  private readonly prefix: string;
  private readonly roles = new Map<string, IndexedRole>();

  /** @param prefix what the ids of this cluster's roles begin with. */
  constructor(prefix: string) {
    this.prefix = prefix;
  }

  /** A role by its name, which leads to its rules where they are known. */
  linkTo(role: Role, rules: Rules | undefined): Html {
    const name = html`${role.kind} ${nameElement(role.name)}`;
    if (rules === undefined) {
      return html`<span class="role">${name}</span>`;
    }
    // Roles of one name in different namespaces may differ.
    const key = JSON.stringify([role.kind, role.name, rules]);
    const known = this.roles.get(key) ?? { id: `${this.prefix}r${this.roles.size}`, role, rules };
    this.roles.set(key, known);
    return html`<a class="role" href="#${known.id}">${name}</a>`;
  }

  /** What the roles allow that have been linked to. */
  section(): Html {
    if (this.roles.size === 0) {
      return nothing;
    }
    const roles = [...this.roles.values()].map(
      ({ id, role, rules }) =>
        html`<details class="role">
          <summary>
            ${role.kind} ${nameElement(role.name)}
            <small>${rules.length === 1 ? "1 rule" : `${rules.length} rules`}</small>
          </summary>
          <div id="${id}">${rules.map(ruleLine)}</div>
        </details> `,
    );
    return html`<h3>What these roles allow</h3>
      <div class="roles">${roles}</div>`;
  }
}

/** A rule in one line. */
export function ruleLine(rule: Rules[number]): Html {
  const { verbs, objects } = ruleText(rule);
  return html`<span class="rule"><b>${textElement(verbs, longestList)}</b> ${textElement(objects, longestList)}</span>`;
}
