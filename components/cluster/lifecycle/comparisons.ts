import { type CertificateState } from "../../core/lifecycle/certificate-state";
import { type CertificateDeclaration, type PartlyKnown } from "../../core/lifecycle/declaration";
import { type Step } from "../../core/lifecycle/next-step";
import { notYetKnown } from "../../core/options/validation-errors";
import { canonicalJson } from "../../core/text/json";

/** What a comparison has found, for what is called next in the same run. */
interface Compared {
  readonly old: CertificateState;
  readonly step: Step;
  /** Why it is replaced, if it is. */
  readonly reason: string | undefined;
}

/** What was compared in a run, by the declaration: the engine does not say which resource it asks about. */
export class Comparisons {
  private readonly found = new Map<string, Compared>();

  set(declared: PartlyKnown<CertificateDeclaration>, compared: Compared): void {
    this.found.set(keyOf(declared), compared);
  }

  of(declared: PartlyKnown<CertificateDeclaration>): Compared | undefined {
    return this.found.get(keyOf(declared));
  }
}

/** All that a step depends on: two resources may have one request. */
function keyOf({ kubeconfig, privateKey, ...declared }: PartlyKnown<CertificateDeclaration>): string {
  const named = Object.entries(declared).map(([name, value]) => [
    name,
    value === notYetKnown ? { known: false } : value,
  ]);
  return canonicalJson(Object.fromEntries(named));
}
