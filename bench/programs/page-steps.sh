#!/usr/bin/env bash
# The steps of https://kubernetes.io/docs/tasks/tls/certificate-issue-client-csr/ for one user, in an empty folder.
# Where people look whether the certificate is there, kubectl waits for it.
set -euo pipefail
user=$1

openssl genrsa -out "$user.key" 3072
openssl req -new -key "$user.key" -out "$user.csr" -subj "/CN=$user"
cat <<MANIFEST | kubectl apply -f -
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata:
  name: $user
spec:
  request: $(base64 <"$user.csr" | tr -d "\n")
  signerName: kubernetes.io/kube-apiserver-client
  expirationSeconds: 86400
  usages:
    - client auth
MANIFEST
kubectl certificate approve "$user"
kubectl wait "csr/$user" --for=jsonpath='{.status.certificate}' --timeout=60s
kubectl get csr "$user" -o jsonpath='{.status.certificate}' | base64 -d >"$user.crt"
kubectl create role "$user" --verb=get --verb=list --verb=watch --resource=pods
kubectl create rolebinding "$user" --role="$user" --user="$user"
cp "$KUBECONFIG" kubeconfig
kubectl config --kubeconfig kubeconfig set-credentials "$user" \
  --client-key="$user.key" --client-certificate="$user.crt" --embed-certs=true
kubectl config --kubeconfig kubeconfig set-context "$user" --cluster=local --user="$user"
kubectl --kubeconfig kubeconfig --context "$user" auth whoami
