import { checkNamespace } from "./grant-options";
import {
  type GivenOption,
  type TableOf,
  checkOptions,
  checkedBy,
  flag,
  option,
  textShape,
  writtenDown,
} from "./option-table";
import { type ValidationErrors } from "./validation-errors";

/** Where a certificate is published, and for whom. */
export interface PublishTerms {
  /** Namespace of the Role that holds it; undefined for a ClusterRole. */
  readonly namespace?: string | undefined;
  /** Whether everybody who reaches the API server may read it. */
  readonly anonymous?: boolean | undefined;
}

/** The options of {@link PublishTerms}. */
export const publishOptions = {
  namespace: checkedBy<string>(textShape, checkNamespace),
  // An Output would count as true: whoever reads it looks at the value while the program runs.
  anonymous: writtenDown(
    "expected true or false, got an Output. It decides who may read the certificate: use a plain value.",
    flag(),
  ),
} satisfies TableOf<PublishTerms>;

/**
 * The `publish` option: true, or where and for whom. `request` has to be given with it: a key that is made here never
 * reaches the one who would fetch the certificate for it.
 */
export const publishOption = writtenDown(
  "expected true, false or an object, got an Output. It decides which resources exist: use a plain value.",
  option<boolean | PublishTerms>(
    { kind: "either", shapes: [{ kind: "flag" }, { kind: "object", table: publishOptions }] },
    checkPublish,
  ),
);

/** Whether a certificate is published, by the `publish` option. */
export function isPublished<Publish>(publish: Publish): publish is Exclude<Publish, false | undefined> {
  return publish !== undefined && publish !== false;
}

function checkPublish(errors: ValidationErrors, { path, value, beside }: GivenOption): void {
  if (!isPublished(value)) {
    return;
  }
  if (beside["request"] === undefined) {
    errors.add(path, "it needs request: publish is for people who keep their own private key.");
  }
  if (value !== true) {
    checkOptions(errors, path, value, publishOptions);
  }
}
