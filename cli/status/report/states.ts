import { type Html, html } from "../../html/html";
import { type UserState } from "../user-status";

/** What a colour says; a state's shape and word say the same without it. */
type Tone = "good" | "attention" | "bad" | "calm";

interface Look {
  readonly tone: Tone;
  /** What is drawn in a square of 16, in addition to or instead of a disc. */
  readonly shape: Html;
  readonly meaning: string;
}

/** How each state looks. In the order in which people should look at them. */
export const looks: Readonly<Record<UserState, Look>> = {
  expired: {
    tone: "bad",
    shape: html`<path class="solid" d="M2 2h12v12H2z" /><path class="cut" d="M5 5l6 6M11 5l-6 6" />`,
    meaning: "The certificate has expired.",
  },
  failed: {
    tone: "bad",
    shape: html`<path class="solid" d="M8 1l7.5 14H.5z" /><path class="cut" d="M8 6v4.5M8 12v1.5" />`,
    meaning: "The signer refused the request.",
  },
  denied: {
    tone: "bad",
    shape: html`<circle class="solid" cx="8" cy="8" r="7" /><path class="cut" d="M4 8h8" />`,
    meaning: "Somebody denied the request.",
  },
  due: {
    tone: "attention",
    shape: html`<path class="solid" d="M8 .5L15.5 8 8 15.5.5 8z" />`,
    meaning: "The certificate is valid, and the next run renews it.",
  },
  pending: {
    tone: "calm",
    shape: html`<circle class="line" cx="8" cy="8" r="6" /><path class="line" d="M8 4.5V8l2.5 1.5" />`,
    meaning: "Nobody has decided on the request, or no run has taken the certificate yet.",
  },
  approved: {
    tone: "calm",
    shape: html`<circle class="line" cx="8" cy="8" r="6" /><path class="line" d="M5 8l2 2.2L11 6" />`,
    meaning: "The request is approved, and the signer has not answered yet.",
  },
  valid: {
    tone: "good",
    shape: html`<circle class="solid" cx="8" cy="8" r="7" /><path class="cut" d="M4.5 8l2.5 2.7L11.5 5.5" />`,
    meaning: "The certificate is valid.",
  },
  replaced: {
    tone: "attention",
    shape: html`<circle class="line dash" cx="8" cy="8" r="6" /><path class="line" d="M8 5v3.5M8 10v1.2" />`,
    meaning: "Another certificate has replaced it, but it is valid until it expires.",
  },
  ended: {
    tone: "calm",
    shape: html`<path class="line" d="M3 3h10v10H3z" /><path class="line" d="M6 8h4" />`,
    meaning: "The access was declared up to a time that has passed: nothing is renewed or asked for any more.",
  },
};

/** All states in the order of {@link looks}. */
export const reportStates = Object.keys(looks).filter((state): state is UserState => state in looks);

/** A state by shape and word. */
export function stateChip(state: UserState): Html {
  const { tone } = looks[state];
  return html`<span class="chip ${tone}">${stateIcon(state)}${state}</span>`;
}

/** A state's shape, beside its word. */
export function stateIcon(state: UserState): Html {
  return html`<svg class="icon ${looks[state].tone}" width="16" height="16" aria-hidden="true">
    <use href="#is-${state}" />
  </svg>`;
}

/** The shapes that {@link stateIcon} refers to, once on the page. */
export function stateShapes(): Html[] {
  return reportStates.map((state) => html`<symbol id="is-${state}" viewBox="0 0 16 16">${looks[state].shape}</symbol>`);
}
