import "./required-packages";
export { type PolicyRule } from "../core/rbac/grants";
export { type AccessPolicy } from "../core/options/access-policy";
export { type ErrorCode, KubernetesUserError, type Problem, errorCodes } from "../core/errors";
export { type Policy, type PolicySubject, enforcePolicy, policyViolations } from "../core/options/policy";
export { KubernetesUser, type RbacBinding, type RbacObject } from "./kubernetes-user";
export { type PublishProps } from "./publication";
export { type AccessGrant, type KubernetesUserProps, type NamedRole } from "./kubernetes-user-props";
