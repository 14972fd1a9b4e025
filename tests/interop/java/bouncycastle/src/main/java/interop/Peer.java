package interop;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.util.Arrays;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.tsp.TimeStampToken;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.util.encoders.Hex;

/** One question a line on standard input, one answer a line on standard output. */
public final class Peer {
    private static final X9ECParameters CURVE = CustomNamedCurves.getByName("sm2p256v1");
    private static final ECDomainParameters DOMAIN =
            new ECDomainParameters(CURVE.getCurve(), CURVE.getG(), CURVE.getN(), CURVE.getH());

    private Peer() {}

    public static void main(String[] args) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", -1);
            try {
                out.println(answer(words));
            } catch (Exception error) {
                out.println("error " + String.valueOf(error).replace('\n', ' '));
            }
        }
    }

    private static String answer(String[] words) throws Exception {
        switch (words[0]) {
            case "sm3":
                return sm3(bytes(words[1]));
            case "sign":
                return sign(bytes(words[1]), bytes(words[2]), bytes(words[3]));
            case "verify":
                return Boolean.toString(verify(words));
            case "certificate":
                certificate(words[1]).verify(certificate(words[2]).getPublicKey(), "BC");
                return "true";
            case "crl":
                crl(words[1]).verify(certificate(words[2]).getPublicKey(), "BC");
                return Boolean.toString(crl(words[1]).isRevoked(certificate(words[3])));
            case "timestamp":
                return timestamp(bytes(words[1]), bytes(words[2]), bytes(words[3]));
            case "pkcs12":
                return pkcs12(bytes(words[1]), words[2]);
            default:
                throw new IllegalArgumentException(words[0]);
        }
    }

    private static byte[] bytes(String hex) {
        return Hex.decode(hex);
    }

    private static String sm3(byte[] message) {
        SM3Digest digest = new SM3Digest();
        digest.update(message, 0, message.length);
        byte[] found = new byte[32];
        digest.doFinal(found, 0);
        return Hex.toHexString(found);
    }

    private static String sign(byte[] d, byte[] id, byte[] message) throws Exception {
        SM2Signer signer = new SM2Signer();
        ECPrivateKeyParameters key = new ECPrivateKeyParameters(new BigInteger(1, d), DOMAIN);
        signer.init(true, new ParametersWithID(key, id));
        signer.update(message, 0, message.length);
        return Hex.toHexString(signer.generateSignature());
    }

    private static boolean verify(String[] words) {
        SM2Signer signer = new SM2Signer();
        ECPublicKeyParameters key =
                new ECPublicKeyParameters(CURVE.getCurve().decodePoint(bytes(words[1])), DOMAIN);
        byte[] message = bytes(words[3]);
        signer.init(false, new ParametersWithID(key, bytes(words[2])));
        signer.update(message, 0, message.length);
        return signer.verifySignature(bytes(words[4]));
    }

    private static X509Certificate certificate(String hex) throws Exception {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509", "BC")
                        .generateCertificate(new ByteArrayInputStream(bytes(hex)));
    }

    private static X509CRL crl(String hex) throws Exception {
        return (X509CRL)
                CertificateFactory.getInstance("X.509", "BC")
                        .generateCRL(new ByteArrayInputStream(bytes(hex)));
    }

    private static String timestamp(byte[] token, byte[] certificate, byte[] data)
            throws Exception {
        TimeStampToken read = new TimeStampToken(new CMSSignedData(token));
        read.validate(
                new JcaSimpleSignerInfoVerifierBuilder()
                        .setProvider("BC")
                        .build(new X509CertificateHolder(certificate)));
        byte[] imprint = read.getTimeStampInfo().getMessageImprintDigest();
        return Boolean.toString(Arrays.equals(imprint, bytes(sm3(data))));
    }

    private static String pkcs12(byte[] container, String password) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12", "BC");
        store.load(new ByteArrayInputStream(container), password.toCharArray());
        String alias = store.aliases().nextElement();
        PrivateKey key = (PrivateKey) store.getKey(alias, password.toCharArray());
        String d = ((ECPrivateKey) key).getS().toString(16);
        return "0".repeat(64 - d.length()) + d
                + " " + Hex.toHexString(store.getCertificate(alias).getEncoded());
    }
}
