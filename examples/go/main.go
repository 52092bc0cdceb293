// Users of a cluster, declared beside it.
package main

import (
	"example.com/kubernetes-user/sdk/go/kubernetesuser"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		jane, err := kubernetesuser.NewKubernetesUser(ctx, "jane", &kubernetesuser.KubernetesUserArgs{
			Groups: pulumi.ToStringArray([]string{"developers", "oncall"}),
			Access: kubernetesuser.AccessGrantArray{
				kubernetesuser.AccessGrantArgs{
					Namespaces:  pulumi.ToStringArray([]string{"default"}),
					ClusterRole: pulumi.String("edit"),
				},
			},
		})
		if err != nil {
			return err
		}
		ctx.Export("kubeconfig", jane.Kubeconfig)
		ctx.Export("validUntil", jane.NotAfter)
		return nil
	})
}
