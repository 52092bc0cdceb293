import fc from "fast-check";
import { type Grant } from "../../../../components/core/rbac/grants";
import { covers } from "../../../../components/core/rbac/access-widening";
import { accessGrants } from "../../support/arbitraries";

const pods = { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] };
const dev = (rule: object): Grant[] => [{ namespaces: ["dev"], rules: [{ ...pods, ...rule }] }];
const everywhere = (rule: object): Grant[] => [{ clusterWide: true, rules: [{ ...pods, ...rule }] }];
const url = (nonResourceURLs: string[]): Grant[] => [
  { clusterWide: true, rules: [{ nonResourceURLs, verbs: ["get"] }] },
];
const oncall = (role = "oncall"): Grant[] => [{ namespaces: ["dev"], role }];
const view: Grant[] = [{ namespaces: ["dev", "test"], clusterRole: "view" }];

describe("covers", () => {
  it.each<[string, Grant[], Grant[]]>([
    ["nothing", view, []],
    ["the same", view, view],
    ["fewer namespaces", view, [{ namespaces: ["test"], clusterRole: "view" }]],
    ["a namespace of what held everywhere", [{ clusterWide: true, clusterRole: "view" }], view],
    ["another name of the objects", view, [{ namespaces: ["dev"], clusterRole: "view", name: "jane" }]],
    [
      "the same in two grants",
      view,
      [
        { namespaces: ["dev"], clusterRole: "view" },
        { namespaces: ["test"], clusterRole: "view" },
      ],
    ],
    ["the same Role", [...oncall("a"), ...oncall()], oncall()],
    ["fewer verbs", dev({}), dev({ verbs: ["list"] })],
    ["fewer resources", dev({ resources: ["pods", "services"] }), dev({})],
    ["single objects", dev({}), dev({ resourceNames: ["a"] })],
    ["fewer single objects", dev({ resourceNames: ["a", "b"] }), dev({ resourceNames: ["b"] })],
    ["one of all verbs", dev({ verbs: ["*"] }), dev({})],
    ["one of all groups and resources", dev({ apiGroups: ["*"], resources: ["*"] }), dev({ resources: ["pods/log"] })],
    ["a rule that two rules give together", [...dev({ verbs: ["get"] }), ...dev({ verbs: ["list"] })], dev({})],
    ["rules in a namespace of what held everywhere", everywhere({}), dev({})],
    ["a path below", url(["/debug/*"]), url(["/debug/pprof", "/debug/a*"])],
    ["any path of all", url(["*"]), url(["/metrics"])],
  ])("says yes to %s", (_, judged, wanted) => {
    expect(covers(judged, wanted)).toBe(true);
  });

  it.each<[string, Grant[], Grant[]]>([
    ["anything after nothing", [], view],
    ["another ClusterRole", view, [{ namespaces: ["dev"], clusterRole: "cluster-admin" }]],
    ["a Role of that name", view, [{ namespaces: ["dev"], role: "view" }]],
    ["another Role", oncall(), oncall("admin")],
    ["a ClusterRole of that name", oncall(), [{ namespaces: ["dev"], clusterRole: "oncall" }]],
    ["a Role in another namespace", oncall(), [{ namespaces: ["prod"], role: "oncall" }]],
    ["a Role in place of rules", dev({}), oncall()],
    ["rules in place of a Role", oncall(), dev({})],
    ["another namespace", view, [{ namespaces: ["prod"], clusterRole: "view" }]],
    ["the whole cluster", view, [{ clusterWide: true, clusterRole: "view" }]],
    ["rules in the whole cluster", dev({}), everywhere({})],
    ["rules of their own", view, dev({})],
    ["a role in place of rules", dev({}), view],
    ["another verb", dev({}), dev({ verbs: ["get", "delete"] })],
    ["all verbs", dev({}), dev({ verbs: ["*"] })],
    ["another resource", dev({}), dev({ resources: ["secrets"] })],
    ["a subresource", dev({}), dev({ resources: ["pods/exec"] })],
    ["all resources", dev({}), dev({ resources: ["*"] })],
    ["another group", dev({}), dev({ apiGroups: ["apps"] })],
    ["all groups", dev({}), dev({ apiGroups: ["*"] })],
    ["every object in place of single ones", dev({ resourceNames: ["a"] }), dev({})],
    ["every object, said by an empty list", dev({ resourceNames: ["a"] }), dev({ resourceNames: [] })],
    ["another object", dev({ resourceNames: ["a"] }), dev({ resourceNames: ["a", "b"] })],
    [
      "verbs and resources that were never together",
      [...dev({ verbs: ["get"], resources: ["secrets"] }), ...dev({ verbs: ["delete"] })],
      dev({ verbs: ["delete"], resources: ["secrets"] }),
    ],
    ["a path beside", url(["/debug/*"]), url(["/debugger"])],
    ["a path that goes on where no star stands", url(["/metrics"]), url(["/metrics2"])],
    [
      "another verb of a path",
      url(["/metrics"]),
      [{ clusterWide: true, rules: [{ nonResourceURLs: ["/metrics"], verbs: ["get", "post"] }] }],
    ],
    ["a path above", url(["/debug/*"]), url(["/*"])],
    [
      "paths in place of resources",
      everywhere({ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }),
      url(["/metrics"]),
    ],
    ["resources in place of paths", url(["*"]), everywhere({ verbs: ["get"] })],
  ])("says no to %s", (_, judged, wanted) => {
    expect(covers(judged, wanted)).toBe(false);
  });

  it("covers itself in any order, any part of itself, and never more than was judged", () => {
    fc.assert(
      fc.property(accessGrants, accessGrants, (judged, others) => {
        expect(covers(judged, [...judged].reverse())).toBe(true);
        expect(covers([...judged, ...others], judged)).toBe(true);
        // Whatever both sides hold, a role that neither knows is never covered.
        expect(covers(judged, [...others, { clusterWide: true, clusterRole: "NEVER" }])).toBe(false);
      }),
    );
  });
});
