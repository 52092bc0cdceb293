import { PolicyPack } from "@pulumi/policy";
import { contractorsEnd, knownGroups, noClusterWideAccess, shortLifetimes } from "./rules";

new PolicyPack("kubernetes-users", {
  enforcementLevel: "mandatory",
  policies: [shortLifetimes, knownGroups, noClusterWideAccess, contractorsEnd],
});
