import { forbiddenRemedy, missingPermission } from "../../../components/cluster/forbidden";
import { refusal } from "../support/refusals";

const group = "certificates.k8s.io";
const requests = `certificatesigningrequests.${group}`;

const signerRefusal = `${requests} "jane-0" is forbidden: user not permitted to approve requests with signerName "kubernetes.io/kube-apiserver-client"`;

describe("missingPermission", () => {
  it.each([
    [refusal("create", "certificatesigningrequests", group), "create", "certificatesigningrequests", group],
    [refusal("get", "certificatesigningrequests", group, "ci", ' "j-0"'), "get", "certificatesigningrequests", group],
    [
      refusal("update", "certificatesigningrequests/approval", group, "ci", ' "j-0"'),
      "update",
      "certificatesigningrequests/approval",
      group,
    ],
    [refusal("get", "namespaces", ""), "get", "namespaces", ""],
    [
      `${refusal("list", "certificatesigningrequests", group)}: RBAC: clusterrole.rbac.authorization.k8s.io "x" not found`,
      "list",
      "certificatesigningrequests",
      group,
    ],
  ])("reads %s", (message, verb, resource, apiGroup) => {
    expect(missingPermission(message)).toEqual({ verb, resource, apiGroup, user: "ci" });
  });

  it("reads a signer", () => {
    const resourceName = "kubernetes.io/kube-apiserver-client";
    expect(missingPermission(signerRefusal)).toEqual({
      verb: "approve",
      resource: "signers",
      apiGroup: group,
      resourceName,
    });
  });

  it.each([
    "",
    "Forbidden",
    `admission webhook "x" denied the request: no`,
    `${requests} "j-0" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no`,
    `${requests} "j-0" is forbidden: exceeded quota: q, requested: count/${requests}=1, used: 0, limited: 0`,
    `${requests} "j-0" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed`,
    refusal("create; rm", "certificatesigningrequests", group),
    refusal("create", "$(rm)", group),
    refusal("create", "certificatesigningrequests", "$(rm)"),
    signerRefusal.replace("kubernetes.io/", "$(rm)"),
  ])("finds none in %j", (message) => {
    expect(missingPermission(message)).toBeUndefined();
  });
});

describe("forbiddenRemedy", () => {
  it.each([
    ["list", "get,list,watch"],
    ["watch", "get,list,watch"],
    ["create", "create,get,list,watch"],
  ])("grants all that reading requests takes when %s is missing, and to create them only then", (verb, verbs) => {
    const role = `kubernetes-user-${verb}-certificatesigningrequests`;
    const remedy = forbiddenRemedy(refusal(verb, "certificatesigningrequests", group));
    expect(remedy).toContain(`Missing: ${verb} on ${requests}.`);
    expect(remedy).toContain(
      `\n  kubectl create clusterrole ${role} --verb=${verbs} --resource=${requests}\n` +
        `  kubectl create clusterrolebinding ${role} --clusterrole=${role} --user=ci\n`,
    );
    expect(remedy).toContain("examples/deployer-rbac");
    expect(remedy).not.toContain("approval.mode");
  });

  it("grants a verb that is missing elsewhere alone", () => {
    expect(forbiddenRemedy(refusal("delete", "certificatesigningrequests", group))).toContain(
      `--verb=delete --resource=${requests}\n`,
    );
    expect(forbiddenRemedy(refusal("get", "namespaces", ""))).toContain("--verb=get --resource=namespaces\n");
  });

  it("writes a subresource as kubectl does, and names the way without it", () => {
    const remedy = forbiddenRemedy(refusal("update", "certificatesigningrequests/approval", group));
    expect(remedy).toContain(`Missing: update on ${requests}/approval.`);
    expect(remedy).toContain(
      `kubectl create clusterrole kubernetes-user-update-certificatesigningrequests-approval --verb=update --resource=${requests}/approval\n`,
    );
    expect(remedy).toContain('approval.mode "manual"');
  });

  it("applies a rule for a signer, which kubectl create clusterrole does not take", () => {
    const remedy = forbiddenRemedy(signerRefusal);
    expect(remedy).toContain(`Missing: approve on signers.${group} "kubernetes.io/kube-apiserver-client".`);
    const json = /echo '(.*)' \| kubectl apply -f -/.exec(remedy)?.[1] ?? "";
    expect(JSON.parse(json)).toMatchObject({
      kind: "ClusterRole",
      rules: [
        {
          apiGroups: [group],
          resources: ["signers"],
          resourceNames: ["kubernetes.io/kube-apiserver-client"],
          verbs: ["approve"],
        },
      ],
    });
    expect(remedy).toContain("--user=USER\n");
    expect(remedy).toContain('approval.mode "manual"');
  });

  it.each(["o'brien", "$(rm)", "a b", "a;b", "`x`", ""])(
    "puts no name into a command that a shell would not take: %s",
    (user) => {
      expect(forbiddenRemedy(refusal("create", "certificatesigningrequests", group, user))).toContain("--user=USER\n");
    },
  );

  it.each(["system:serviceaccount:ci:deployer", "jane@example.com"])("names %s", (user) => {
    expect(forbiddenRemedy(refusal("create", "certificatesigningrequests", group, user))).toContain(`--user=${user}\n`);
  });

  it("never has anything granted to the anonymous", () => {
    const remedy = forbiddenRemedy(
      refusal("create", "selfsubjectreviews", "authentication.k8s.io", "system:anonymous"),
    );
    expect(remedy).toContain("an anonymous call");
    expect(remedy).not.toContain("kubectl");
  });

  it("leaves policies of the cluster to speak for themselves", () => {
    expect(forbiddenRemedy(`admission webhook "x" denied the request: no`)).toMatch(
      /^An admission policy, a quota or an authorizer of the cluster refused it/,
    );
  });

  it("knows that an answer without a message is not the server's", () => {
    expect(forbiddenRemedy("")).toContain("proxy");
  });
});
