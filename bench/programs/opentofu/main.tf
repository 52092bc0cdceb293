# The same users with OpenTofu's kubernetes and tls providers.

terraform {
  required_providers {
    kubernetes = { source = "hashicorp/kubernetes" }
    tls        = { source = "hashicorp/tls" }
  }
}

provider "kubernetes" {
  config_path = var.kubeconfig
}

variable "kubeconfig" {
  type = string
}

variable "users" {
  type = number
}

resource "tls_private_key" "user" {
  count       = var.users
  algorithm   = "ECDSA"
  ecdsa_curve = "P256"
}

resource "tls_cert_request" "user" {
  count           = var.users
  private_key_pem = tls_private_key.user[count.index].private_key_pem

  subject {
    common_name = "user-${count.index}"
  }
}

resource "kubernetes_certificate_signing_request_v1" "user" {
  count        = var.users
  auto_approve = true

  metadata {
    generate_name = "user-${count.index}-"
  }

  spec {
    request            = tls_cert_request.user[count.index].cert_request_pem
    signer_name        = "kubernetes.io/kube-apiserver-client"
    expiration_seconds = 86400
    usages             = ["client auth"]
  }
}

resource "kubernetes_role_v1" "user" {
  count = var.users

  metadata {
    name      = "user-${count.index}"
    namespace = "default"
  }

  rule {
    api_groups = [""]
    resources  = ["pods"]
    verbs      = ["get", "list", "watch"]
  }

  depends_on = [kubernetes_certificate_signing_request_v1.user]
}

resource "kubernetes_role_binding_v1" "user" {
  count = var.users

  metadata {
    name      = "user-${count.index}"
    namespace = "default"
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Role"
    name      = kubernetes_role_v1.user[count.index].metadata[0].name
  }

  subject {
    api_group = "rbac.authorization.k8s.io"
    kind      = "User"
    name      = "user-${count.index}"
  }
}
