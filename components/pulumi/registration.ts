import { Resource } from "@pulumi/pulumi";
import { isRecord } from "../core/options/validation-errors";

/** What takes a stack trace of a new resource for the engine: places, innermost first. The SDK's types leave it out. */
type StackTrace = (skipped: number) => readonly unknown[];

/** The SDK's own two frames, {@link notePlace} and the constructor that calls it; the SDK counts from the second. */
const skipped = 3;
/** Where a program declares each component: one place, or none where it is not known. */
const places = new WeakMap<Resource, readonly unknown[]>();

/**
 * Until the end of the block, resources are registered as made in one place: the innermost line of the program that led
 * here. In `pulumi stack export`, that line says more than one of this package, or than all that led to it, and the
 * state, which is written at every step, gets smaller by a sixth.
 */
export function inProgram(): Disposable {
  const stackTrace = sdkStackTrace();
  if (stackTrace !== undefined) {
    // This function is one frame more. Frames of functions without a name have no place for the SDK: then it is the next
    // one outside.
    Reflect.set(Resource, "stackTrace", (skipped: number) =>
      stackTrace
        .call(Resource, skipped + 1)
        .filter(isInProgram)
        .slice(0, 1),
    );
  }
  return restoring(stackTrace);
}

/**
 * Notes where in the program a component is declared: the line that called its constructor, which calls this within a
 * block of {@link inProgram}. What is made for the component later is then registered as made there, too.
 */
export function notePlace(component: Resource): void {
  places.set(component, sdkStackTrace()?.call(Resource, skipped) ?? []);
}

function isInProgram(frame: unknown): boolean {
  return isRecord(frame) && typeof frame["uri"] === "string" && !frame["uri"].includes("/node_modules/");
}

/**
 * Until the end of the block, resources are registered as made where their parent is declared, and the SDK is kept from
 * taking stack traces of the promises of a resource, four a property. They were a third of the work of a program with a
 * hundred users, and only PULUMI_DEBUG_PROMISE_LEAKS shows them.
 *
 * @param parent of the resource. The program's transformations, which it inherits, run meanwhile: with any, errors of
 * theirs keep their stack traces.
 */
export function registering(parent: Resource | undefined): Disposable {
  const stackTrace = sdkStackTrace();
  const noted = parent === undefined ? undefined : places.get(parent);
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = showsStackTraces(parent) ? limit : 0;
  if (stackTrace !== undefined && noted !== undefined) Reflect.set(Resource, "stackTrace", () => noted);
  const restored = restoring(stackTrace);
  return {
    [Symbol.dispose]: () => {
      Error.stackTraceLimit = limit;
      restored[Symbol.dispose]();
    },
  };
}

function restoring(stackTrace: StackTrace | undefined): Disposable {
  return {
    [Symbol.dispose]: () => {
      if (stackTrace !== undefined) Reflect.set(Resource, "stackTrace", stackTrace);
    },
  };
}

function showsStackTraces(parent: Resource | undefined): boolean {
  // The SDK's types leave it out.
  const transformations: unknown = parent === undefined ? undefined : Reflect.get(parent, "__transformations");
  return (
    process.env["PULUMI_DEBUG_PROMISE_LEAKS"] !== undefined ||
    (Array.isArray(transformations) && transformations.length > 0)
  );
}

function sdkStackTrace(): StackTrace | undefined {
  const stackTrace: unknown = Reflect.get(Resource, "stackTrace");
  return typeof stackTrace === "function" ? (stackTrace as StackTrace) : undefined;
}
