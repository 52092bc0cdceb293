/** What the API server says to who may not do something, as RBAC words it. */
export function refusal(verb: string, resource: string, apiGroup: string, user = "ci", object = ""): string {
  const name = `${resource.replace(/\/.*/, "")}${apiGroup === "" ? "" : `.${apiGroup}`}`;
  return `${name}${object} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${apiGroup}" at the cluster scope`;
}
