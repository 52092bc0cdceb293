import { type ComponentResource, CustomResource, Resource } from "@pulumi/pulumi";
import { inProgram, notePlace, registering } from "../../../components/pulumi/registration";

const framesOf = ({ stack = "" }: Error): number => stack.split("\n    at ").length - 1;

const resource = (...transformations: readonly unknown[]): CustomResource =>
  Object.create(CustomResource.prototype, { __transformations: { value: transformations } }) as CustomResource;

describe("registering, and stack traces", () => {
  afterEach(() => {
    delete process.env["PULUMI_DEBUG_PROMISE_LEAKS"];
  });

  function framesWithin(parent?: CustomResource): number {
    using _ = registering(parent);
    return framesOf(new Error());
  }

  it("takes no stack traces until the end of the block", () => {
    expect(framesWithin()).toBe(0);
    expect(framesOf(new Error())).toBeGreaterThan(2);
  });

  it("leaves others theirs also when the block fails", () => {
    const fail = (): void => {
      using _ = registering(resource());
      throw new Error("wrong");
    };
    expect(fail).toThrow("wrong");
    expect(framesOf(new Error())).toBeGreaterThan(2);
  });

  it("takes them where leaks of promises are looked for", () => {
    process.env["PULUMI_DEBUG_PROMISE_LEAKS"] = "1";
    expect(framesWithin()).toBeGreaterThan(2);
  });

  it("takes them where transformations of the program run meanwhile", () => {
    expect(framesWithin(resource(() => undefined))).toBeGreaterThan(2);
    expect(framesWithin(resource())).toBe(0);
  });
});

describe("registering, and places", () => {
  /** The places that the SDK would send to the engine for a resource that is made here. */
  function placesHere(): unknown {
    const stackTrace = Reflect.get(Resource, "stackTrace") as (skipped: number) => unknown;
    return stackTrace.call(Resource, 1);
  }

  function placesWithin(parent: Resource | undefined): unknown {
    using _ = registering(parent);
    return placesHere();
  }

  /** Stands for the constructor of a component. */
  function construct(): ComponentResource {
    using _ = inProgram();
    const component = Object.create(CustomResource.prototype) as ComponentResource;
    notePlace(component);
    return component;
  }

  function declare(): ComponentResource {
    return construct();
  }
  const declared = declare();
  const uri: unknown = expect.stringMatching(/\/registration\.test\.ts$/);
  const place = { uri, line: 65, column: 12 };

  it("says of what is made for a component that it is made where the component is declared", () => {
    expect(placesWithin(declared)).toEqual([place]);
  });

  it("says of the component itself no more than that, until the end of the block", () => {
    const declareHere = (): unknown => {
      using _ = inProgram();
      return placesHere();
    };
    expect(declareHere()).toEqual([expect.objectContaining({ uri })]);
    expect((placesHere() as unknown[]).length).toBeGreaterThan(1);
  });

  it("leaves others their own, inside no block and for parents of which nothing is noted", () => {
    expect(placesWithin(resource())).not.toEqual([place]);
    expect(placesWithin(undefined)).toEqual(expect.arrayContaining([expect.objectContaining({ uri })]));
    placesWithin(declared);
    expect(placesHere()).not.toEqual([place]);
  });

  it("says nothing where no frame is of the program", () => {
    const stackTrace: unknown = Reflect.get(Resource, "stackTrace");
    try {
      Reflect.set(Resource, "stackTrace", () => [
        undefined,
        { uri: "file:///x/node_modules/y/z.js", line: 1, column: 2 },
      ]);
      expect(placesWithin(declare())).toEqual([]);
    } finally {
      Reflect.set(Resource, "stackTrace", stackTrace);
    }
  });

  it("leaves the SDK as it is where the SDK takes no places", () => {
    const stackTrace: unknown = Reflect.get(Resource, "stackTrace");
    try {
      Reflect.deleteProperty(Resource, "stackTrace");
      {
        using _ = registering(declare());
      }
      expect(Reflect.has(Resource, "stackTrace")).toBe(false);
    } finally {
      Reflect.set(Resource, "stackTrace", stackTrace);
    }
  });
});
