// Reads PKCS#10 requests as Kubernetes does, and signs them as kube-controller-manager does.
//
// Each line of the input is a JSON object with `text`, base64; each line of the output says what Go finds in it.
package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"log"
	"math/big"
	"os"
	"time"
)

type question struct {
	Text      []byte `json:"text"`
	NotBefore int64  `json:"notBefore"`
	NotAfter  int64  `json:"notAfter"`
}

type answer struct {
	Error         string   `json:"error,omitempty"`
	CommonName    string   `json:"commonName"`
	Organizations []string `json:"organizations"`
	Names         int      `json:"names"`
	Extensions    int      `json:"extensions"`
	Attributes    int      `json:"attributes"`
	PublicKey     []byte   `json:"publicKey"`
	Certificate   string   `json:"certificate"`
}

// parse is ParseCSR of k8s.io/kubernetes/pkg/apis/certificates/v1, and the check that the API server adds.
func parse(text []byte) (*x509.CertificateRequest, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE REQUEST" {
		return nil, errors.New("PEM block type must be CERTIFICATE REQUEST")
	}
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return nil, err
	}
	return request, request.CheckSignature()
}

// sign makes the certificate that k8s.io/kubernetes/pkg/controller/certificates/authority makes of a request.
func sign(request *x509.CertificateRequest, q question, authority *x509.Certificate, key *ecdsa.PrivateKey) (string, error) {
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               request.Subject,
		DNSNames:              request.DNSNames,
		IPAddresses:           request.IPAddresses,
		EmailAddresses:        request.EmailAddresses,
		URIs:                  request.URIs,
		PublicKeyAlgorithm:    request.PublicKeyAlgorithm,
		PublicKey:             request.PublicKey,
		NotBefore:             time.UnixMilli(q.NotBefore),
		NotAfter:              time.UnixMilli(q.NotAfter),
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, authority, request.PublicKey, key)
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), nil
}

func newAuthority() (*x509.Certificate, *ecdsa.PrivateKey) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "authority"},
		NotAfter:              time.Now().Add(time.Hour),
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		SubjectKeyId:          []byte{1, 2, 3},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		log.Fatal(err)
	}
	authority, err := x509.ParseCertificate(der)
	if err != nil {
		log.Fatal(err)
	}
	return authority, key
}

func main() {
	authority, key := newAuthority()
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	for lines.Scan() {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			log.Fatal(err)
		}
		var a answer
		if request, err := parse(q.Text); err != nil {
			a.Error = err.Error()
		} else {
			a.CommonName = request.Subject.CommonName
			a.Organizations = request.Subject.Organization
			a.Names = len(request.Subject.Names)
			a.Extensions = len(request.Extensions)
			a.Attributes = len(request.Attributes)
			a.PublicKey = request.RawSubjectPublicKeyInfo
			if a.Certificate, err = sign(request, q, authority, key); err != nil {
				a.Error = "signing: " + err.Error()
			}
		}
		if err := encoder.Encode(a); err != nil {
			log.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
}
