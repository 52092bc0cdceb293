import { notYetKnown } from "../../../components/core/options/validation-errors";
import { withoutMarkers } from "../../../components/pulumi/outputs";

/** What the engine sends for a value that it does not know. */
const marker = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("withoutMarkers", () => {
  it("marks each input of which the engine does not know everything, and leaves the others", () => {
    const inputs = {
      username: "jane",
      cluster: marker,
      groups: ["developers", marker],
      access: [{ namespaces: [marker], clusterRole: "view" }],
      namespaces: [`a ${marker} in a text`],
      accessUntil: undefined,
      hooked: false,
    };
    expect(withoutMarkers(inputs)).toEqual({
      ...inputs,
      cluster: notYetKnown,
      groups: notYetKnown,
      access: notYetKnown,
    });
  });
});
