import { checkOption } from "../../../../components/core/options/option-table";
import { isPublished, publishOption } from "../../../../components/core/options/publish-option";
import { notYetKnown } from "../../../../components/core/options/validation-errors";
import { problemsOf } from "../../support/errors";

const request = "-----BEGIN CERTIFICATE REQUEST-----";

function problemsOfPublish(value: unknown, beside: Readonly<Record<string, unknown>> = { request }) {
  return problemsOf((errors) => {
    publishOption.check(errors, { path: "publish", value, beside });
  });
}

describe("the publish option", () => {
  it.each([undefined, false, true, {}, { namespace: "dev" }, { anonymous: true }, { namespace: notYetKnown }])(
    "passes %j",
    (value) => {
      expect(problemsOfPublish(value)).toEqual([]);
    },
  );

  it.each([undefined, false])("passes %j also without a request", (value) => {
    expect(problemsOfPublish(value, {})).toEqual([]);
  });

  it("passes a request that is not known yet", () => {
    expect(problemsOfPublish(true, { request: notYetKnown })).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ["publish", notYetKnown, "got an Output. It decides which resources exist"],
    ["publish", "yes", 'expected an object, got "yes"'],
    ["publish", null, "expected an object, got null"],
    ["publish.namespace", { namespace: "Dev" }, 'got "Dev"'],
    ["publish.anonymous", { anonymous: "yes" }, "expected true or false"],
    ["publish.anonymous", { anonymous: notYetKnown }, "got an Output. It decides who may read the certificate"],
    ["publish.anonymus", { anonymus: false }, "unknown option"],
  ])("notes at %s what is wrong with %p", (path, value, words) => {
    expect(problemsOfPublish(value)).toEqual([{ path, message: expect.stringContaining(words) as string }]);
  });

  it.each([true, {}, { namespace: "dev" }])("refuses %j for a key that its owner does not keep", (value) => {
    const message = "it needs request: publish is for people who keep their own private key.";
    expect(problemsOfPublish(value, {})).toEqual([{ path: "publish", message }]);
  });

  it("is checked without any options beside it, too", () => {
    const problems = problemsOf((errors) => {
      checkOption(errors, "publish", true, publishOption);
    });
    expect(problems).toHaveLength(1);
  });
});

describe("isPublished", () => {
  it.each<[unknown, boolean]>([
    [undefined, false],
    [false, false],
    [true, true],
    [{}, true],
    [{ anonymous: false }, true],
  ])("of %j is %p", (publish, expected) => {
    expect(isPublished(publish)).toBe(expected);
  });
});
