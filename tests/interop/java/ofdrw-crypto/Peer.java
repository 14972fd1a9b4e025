package interop;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.util.encoders.Hex;
import org.ofdrw.crypto.OFDEncryptor;
import org.ofdrw.crypto.enryptor.UserCertEncryptor;
import org.ofdrw.crypto.enryptor.UserPasswordEncryptor;
import org.ofdrw.crypto.integrity.GMProtectSigner;
import org.ofdrw.crypto.integrity.GMProtectVerifier;
import org.ofdrw.crypto.integrity.OFDIntegrity;
import org.ofdrw.crypto.integrity.OFDIntegrityVerifier;

/** One question a line on standard input, one answer a line on standard output. */
public final class Peer {
    private Peer() {}

    public static void main(String[] args) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        System.setOut(System.err);
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            try {
                out.println(answer(line.split(" ", -1)));
            } catch (Exception | LinkageError error) {
                out.println("error " + String.valueOf(error).replace('\n', ' '));
            }
        }
    }

    private static String answer(String[] words) throws Exception {
        switch (words[0]) {
            case "encrypt":
                return encrypt(words);
            case "protect":
                return protect(words);
            case "integrity":
                return String.valueOf(
                        new OFDIntegrityVerifier()
                                .integrity(path(words[1]), new GMProtectVerifier()));
            default:
                throw new IllegalArgumentException(words[0]);
        }
    }

    private static Path path(String text) {
        return Paths.get(text).toAbsolutePath();
    }

    private static Certificate certificate(String hex) throws Exception {
        return CertificateFactory.getInstance("X.509", "BC")
                .generateCertificate(new ByteArrayInputStream(Hex.decode(hex)));
    }

    /** encrypt IN OUT (password TEXT | certificate HEX)... : one layer for all these users. */
    private static String encrypt(String[] words) throws Exception {
        try (OFDEncryptor encryptor = new OFDEncryptor(path(words[1]), path(words[2]))) {
            for (int i = 3; i + 1 < words.length; i += 2) {
                encryptor.addUser(
                        words[i].equals("password")
                                ? new UserPasswordEncryptor("u" + i, words[i + 1])
                                : new UserCertEncryptor("u" + i, certificate(words[i + 1])));
            }
            encryptor.encrypt();
        }
        return "true";
    }

    /** protect IN OUT KEY(PKCS#8, hex) CERTIFICATE(hex): a signed list of the files. */
    private static String protect(String[] words) throws Exception {
        PrivateKey key =
                KeyFactory.getInstance("EC", "BC")
                        .generatePrivate(new PKCS8EncodedKeySpec(Hex.decode(words[3])));
        try (OFDIntegrity integrity = new OFDIntegrity(path(words[1]), path(words[2]))) {
            integrity.protect(new GMProtectSigner(key, certificate(words[4])));
        }
        return "true";
    }
}
