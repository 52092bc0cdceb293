import "./pulumi/required-packages";
export { type PolicyRule } from "./core/access";
export { type AccessPolicy } from "./core/access-policy";
export { type ErrorCode, KubernetesUserError, type Problem, errorCodes } from "./core/errors";
export { type Policy, type PolicySubject, enforcePolicy, policyViolations } from "./core/policy";
export { type ApprovalMode, type PendingOutcome } from "./core/user-options";
export { type ApprovalHook } from "./pulumi/approval-hook";
export { type ApprovalGrant, type ApprovalRequest } from "./pulumi/approval-judgement";
export { type UserStatus } from "./core/certificate-state";
export { KubernetesUser } from "./pulumi/kubernetes-user";
export {
  type AccessGrantArgs,
  type ApprovalArgs,
  type KubernetesUserArgs,
  type PolicyRuleArgs,
  type PrivateKeyArgs,
  type PublishArgs,
} from "./pulumi/kubernetes-user-args";
export { mergeKubeconfigs } from "./pulumi/merge-kubeconfigs";
