import "./pulumi/required-packages";
export { type PolicyRule } from "./core/rbac/grants";
export { type AccessPolicy } from "./core/options/access-policy";
export { type ErrorCode, KubernetesUserError, type Problem, errorCodes } from "./core/errors";
export { type Policy, type PolicySubject, enforcePolicy, policyViolations } from "./core/options/policy";
export { type ApprovalMode, type PendingOutcome } from "./core/options/user-options";
export { type ApprovalHook } from "./pulumi/approval/approval-hook";
export { type ApprovalGrant, type ApprovalRequest } from "./pulumi/approval/approval-judgement";
export { type UserStatus } from "./core/lifecycle/certificate-state";
export { KubernetesUser } from "./pulumi/kubernetes-user";
export { type AccessGrantArgs, type PolicyRuleArgs } from "./pulumi/access-args";
export {
  type AdoptArgs,
  type ApprovalArgs,
  type KubernetesUserArgs,
  type PrivateKeyArgs,
  type PublishArgs,
} from "./pulumi/kubernetes-user-args";
export { mergeKubeconfigs } from "./pulumi/kubeconfig/merge-kubeconfigs";
