export { type PolicyRule } from "../core/access";
export { type AccessPolicy } from "../core/access-policy";
export { type ErrorCode, KubernetesUserError, type Problem, errorCodes } from "../core/errors";
export { type Policy, type PolicySubject, enforcePolicy, policyViolations } from "../core/policy";
export { KubernetesUser } from "./kubernetes-user";
export { type AccessGrant, type KubernetesUserProps } from "./kubernetes-user-props";
