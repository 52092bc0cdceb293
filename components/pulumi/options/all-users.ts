import { type Input, Output, type Resource, runtime } from "@pulumi/pulumi";
import { KubernetesUserError } from "../../core/errors";
import { type KubernetesUserArgs } from "../kubernetes-user-args";
import { perProgram } from "../outputs";

/** The users that a program makes without waiting for anything in between. */
interface Batch {
  readonly refusals: KubernetesUserError[];
  /** Rejects when one of them was refused. */
  readonly passed: Promise<void>;
}

const current = perProgram<{ batch: Batch | undefined }>(() => ({ batch: undefined }));

/** How a user has fared. */
export interface Admission {
  /** Whether nothing is wrong with this user. */
  readonly isAdmitted: boolean;
  /** Waits for all users of the program: rejects, with one error for all, when one of them was refused. */
  readonly allPassed: Promise<void>;
}

/**
 * Checks a user, and has everybody wait for the checks of all users that the program makes: who corrects one wrong option
 * after the other wants to see them all, and a program with a wrong one makes nothing. In tests with mocks, where no
 * engine shows the error, it is thrown at once.
 */
export function admit(check: () => void): Admission {
  if (!runtime.hasEngine()) {
    check();
    return { isAdmitted: true, allPassed: Promise.resolve() };
  }
  const program = current();
  const batch = (program.batch ??= beginBatch(() => {
    program.batch = undefined;
  }));
  try {
    check();
    return { isAdmitted: true, allPassed: batch.passed };
  } catch (error) {
    if (!(error instanceof KubernetesUserError)) {
      throw error;
    }
    batch.refusals.push(error);
    return { isAdmitted: false, allPassed: batch.passed };
  }
}

function beginBatch(end: () => void): Batch {
  const refusals: KubernetesUserError[] = [];
  const passed = new Promise<void>((resolve, reject) => {
    // After all that the program does without waiting for input or output.
    setImmediate(() => {
      end();
      const [first, ...others] = refusals;
      if (first === undefined) {
        resolve();
      } else {
        reject(inItsOwnWords(others.length === 0 ? first : together(refusals)));
      }
    });
  });
  return { refusals, passed: quiet(passed) };
}

/** A promise that may fail before anybody waits for it. Whoever waits gets the error, and Node has nothing to warn of. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Everything that is wrong with several users. */
function together(refusals: readonly KubernetesUserError[]): KubernetesUserError {
  const code = refusals.some(({ code }) => code === "invalid-arguments") ? "invalid-arguments" : "policy-violated";
  // The code stands once, at the end, where it is that of all.
  const lines = refusals.flatMap(({ message }) => message.replace(` [${code}]`, "").split("\n"));
  return new KubernetesUserError(
    code,
    [`${refusals.length} users are refused, and nothing was made:`, ...lines],
    refusals.flatMap(({ problems }) => problems),
  );
}

/** The SDK writes the names of all properties that wait for a value in front of the message of what it fails with. */
function inItsOwnWords(error: KubernetesUserError): KubernetesUserError {
  const { message } = error;
  return Object.defineProperty(error, "message", { get: () => message, set: () => undefined });
}

/** What a resource depends on, once a promise has resolved. */
export function dependsOnAfter(
  passed: Promise<void>,
  dependsOn: Input<Input<Resource>[]> | Input<Resource> | undefined,
): Promise<Input<Resource>[]> {
  // The SDK looks into whatever it finds: lists, Outputs and promises, in any order.
  return quiet(passed.then(() => (dependsOn === undefined ? [] : [dependsOn])) as Promise<Input<Resource>[]>);
}

/** Stands for the options of a user that was refused: nothing of it is ever known, and so nothing is made. */
export function neverKnown(allPassed: Promise<void>): KubernetesUserArgs {
  return { kubeconfig: quiet(allPassed.then(() => "")) };
}

/**
 * Keeps Node from warning of a user's outputs. When somebody is refused, those of all users fail while the program runs,
 * and the SDK looks at the exported ones only after that. Their values are not kept quiet: what fails there ends the
 * program. How an Output keeps its other promises, the SDK's types leave out.
 */
export function quietOutputs(user: Resource): void {
  const outputs: unknown[] = Object.values(user);
  for (const value of outputs) {
    if (Output.isInstance(value)) {
      const allResources: unknown = Reflect.get(value, "allResources");
      const promises: unknown[] = [
        typeof allResources === "function" ? Reflect.apply(allResources, value, []) : undefined,
        Reflect.get(value, "isKnown"),
        Reflect.get(value, "isSecret"),
      ];
      for (const promise of promises) {
        if (promise instanceof Promise) {
          void quiet(promise);
        }
      }
    }
  }
}
