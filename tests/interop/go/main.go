// Command peer answers one question a line: SM2, SM3 and certificates by emmansun/gmsm.
package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math/big"
	"os"
	"strings"

	"github.com/emmansun/gmsm/pkcs8"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<26)
	for in.Scan() {
		found, err := answer(strings.Split(in.Text(), " "))
		if err != nil {
			found = "error " + strings.ReplaceAll(err.Error(), "\n", " ")
		}
		fmt.Println(found)
	}
}

func answer(words []string) (string, error) {
	values := make([][]byte, len(words))
	for i, word := range words[1:] {
		value, err := hex.DecodeString(word)
		if err != nil {
			return "", err
		}
		values[i+1] = value
	}
	switch words[0] {
	case "sm3":
		digest := sm3.Sum(values[1])
		return hex.EncodeToString(digest[:]), nil
	case "sign":
		key, err := sm2.NewPrivateKey(values[1])
		if err != nil {
			return "", err
		}
		signature, err := key.Sign(rand.Reader, values[3], sm2.NewSM2SignerOption(true, values[2]))
		return hex.EncodeToString(signature), err
	case "verify":
		key := &ecdsa.PublicKey{
			Curve: sm2.P256(),
			X:     new(big.Int).SetBytes(values[1][1:33]),
			Y:     new(big.Int).SetBytes(values[1][33:]),
		}
		return fmt.Sprint(sm2.VerifyASN1WithSM2(key, values[2], values[3], values[4])), nil
	case "certificate":
		certificate, err := smx509.ParseCertificate(values[1])
		if err != nil {
			return "", err
		}
		issuer, err := smx509.ParseCertificate(values[2])
		if err != nil {
			return "", err
		}
		return "true", certificate.CheckSignatureFrom(issuer)
	case "crl":
		list, err := smx509.ParseRevocationList(values[1])
		if err != nil {
			return "", err
		}
		issuer, err := smx509.ParseCertificate(values[2])
		if err != nil {
			return "", err
		}
		if err := list.CheckSignatureFrom(issuer); err != nil {
			return "", err
		}
		certificate, err := smx509.ParseCertificate(values[3])
		if err != nil {
			return "", err
		}
		for _, row := range list.RevokedCertificateEntries {
			if row.SerialNumber.Cmp(certificate.SerialNumber) == 0 {
				return "true", nil
			}
		}
		return "false", nil
	case "pkcs8":
		key, err := pkcs8.ParsePKCS8PrivateKeySM2(values[1], values[2])
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%064x", key.D), nil
	}
	return "", fmt.Errorf("unknown question %q", words[0])
}
