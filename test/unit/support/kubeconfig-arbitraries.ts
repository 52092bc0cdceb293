import fc from "fast-check";
import { resolvePlain } from "../../../components/core/kubeconfig/go-scalars";

/** Whether a text is one without quotes, too: yaml writes YAML 1.2, where `no` is. */
function isText(text: string): boolean {
  return typeof resolvePlain(text) === "string";
}

const word = fc.stringMatching(/^[a-z]{1,8}$/).filter(isText);
const anyText = fc.string().filter(isText);
const entries = (content: fc.Arbitrary<object>): fc.Arbitrary<{ name: string; content: object }[]> =>
  fc.uniqueArray(fc.record({ name: word, content }), { selector: ({ name }) => name, maxLength: 4 });

/** Kubeconfigs of other clusters, in any of the styles that YAML has. */
export const otherClusters = fc
  .record({
    clusters: entries(
      fc.record({ server: fc.constant("https://other.test"), extensions: fc.array(fc.record({ name: word })) }),
    ),
    users: entries(fc.dictionary(fc.constantFrom("token", "as", "username", "password"), anyText)),
    contexts: entries(fc.record({ cluster: word, user: word, namespace: anyText })),
    current: fc.option(word, { nil: undefined }),
  })
  .map(({ clusters, users, contexts, current }) => ({
    apiVersion: "v1",
    clusters: clusters.map(({ name, content }) => ({ name, cluster: content })),
    users: users.map(({ name, content }) => ({ user: content, name })),
    contexts: contexts.map(({ name, content }) => ({ name, context: content })),
    ...(current === undefined ? {} : { "current-context": current }),
    preferences: { colors: true },
  }));

/** How YAML is written. */
export const style = fc.record({
  indent: fc.integer({ min: 2, max: 6 }),
  indentSeq: fc.boolean(),
  // Not "block": yaml 2.9 then writes empty lists that it cannot read.
  collectionStyle: fc.constantFrom("any", "flow"),
});
