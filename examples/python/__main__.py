"""Users of a cluster, declared beside it, with a hook that judges each request."""

import pulumi
from pulumi_kubernetes_user import AccessGrantArgs, KubernetesUser, PolicyRuleArgs

LONGEST_SECONDS = 8 * 3600


def judge(args: pulumi.ResourceHookArgs) -> None:
    """Denies what is asked for longer than a shift. It runs before a certificate is asked for, and before access changes."""
    wanted = args.new_inputs or {}
    seconds = wanted.get("expirationSeconds")
    if not (isinstance(seconds, (int, float)) and seconds <= LONGEST_SECONDS):
        raise ValueError(f"at most {LONGEST_SECONDS} seconds")


at_most_a_shift = pulumi.ResourceHook("at most a shift", judge)

on_call = KubernetesUser(
    "on-call",
    groups=["oncall"],
    expiration_seconds=LONGEST_SECONDS,
    access=[
        AccessGrantArgs(namespaces=["default"], cluster_role="view"),
        AccessGrantArgs(
            namespaces=["default"],
            rules=[PolicyRuleArgs(api_groups=[""], resources=["pods"], verbs=["delete"])],
        ),
    ],
    opts=pulumi.ResourceOptions(
        hooks=pulumi.ResourceHookBinding(before_create=[at_most_a_shift], before_update=[at_most_a_shift])
    ),
)

pulumi.export("kubeconfig", on_call.kubeconfig)
pulumi.export("validUntil", on_call.not_after)
