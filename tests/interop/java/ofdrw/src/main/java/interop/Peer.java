package interop;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
import org.ofdrw.reader.OFDReader;
import org.ofdrw.sign.ExtendSignatureContainer;
import org.ofdrw.sign.NumberFormatAtomicSignID;
import org.ofdrw.sign.OFDSigner;
import org.ofdrw.sign.SignIDProvider;
import org.ofdrw.sign.SignMode;
import org.ofdrw.sign.StandFormatAtomicSignID;
import org.ofdrw.sign.signContainer.GBT35275DSContainer;
import org.ofdrw.sign.signContainer.GBT35275PKCS9DSContainer;
import org.ofdrw.sign.signContainer.SESV1Container;
import org.ofdrw.sign.signContainer.SESV4Container;
import org.ofdrw.sign.stamppos.NormalStampPos;
import org.ofdrw.sign.stamppos.RidingStampPos;
import org.ofdrw.sign.stamppos.Side;
import org.ofdrw.sign.verify.OFDValidator;
import org.ofdrw.sign.verify.SignedDataValidateContainer;
import org.ofdrw.sign.verify.container.GBT35275ValidateContainer;
import org.ofdrw.sign.verify.container.SESV1ValidateContainer;
import org.ofdrw.sign.verify.container.SESV4ValidateContainer;

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
            String[] words = line.split(" ", -1);
            try {
                out.println(answer(words));
            } catch (Exception | LinkageError error) {
                out.println("error " + String.valueOf(error).replace('\n', ' '));
            }
        }
    }

    private static String answer(String[] words) throws Exception {
        switch (words[0]) {
            case "verify":
                return verify(words[1], Paths.get(words[2]));
            case "stamp":
                return stamp(words);
            default:
                throw new IllegalArgumentException(words[0]);
        }
    }

    /** Digests of the covered parts, and the signature over the description. */
    private static String verify(String kind, Path path) throws Exception {
        try (OFDReader reader = new OFDReader(path);
                OFDValidator validator = new OFDValidator(reader)) {
            validator.setValidator(validator(kind));
            validator.exeValidate();
            return "true";
        }
    }

    private static SignedDataValidateContainer validator(String kind) {
        switch (kind) {
            case "v1":
                return new SESV1ValidateContainer();
            case "v4":
                return new SESV4ValidateContainer();
            default:
                return new GBT35275ValidateContainer();
        }
    }

    private static PrivateKey key(String hex) throws Exception {
        return KeyFactory.getInstance("EC", "BC")
                .generatePrivate(new PKCS8EncodedKeySpec(Hex.decode(hex)));
    }

    private static Certificate certificate(String hex) throws Exception {
        return CertificateFactory.getInstance("X.509", "BC")
                .generateCertificate(new ByteArrayInputStream(Hex.decode(hex)));
    }

    /** stamp KIND IN OUT KEY(PKCS#8, hex) CERTIFICATE(hex) SEAL(path) [many|seam|lock|ID]. */
    private static String stamp(String[] words) throws Exception {
        PrivateKey key = key(words[4]);
        Certificate certificate = certificate(words[5]);
        String how = words.length > 7 ? words[7] : "";
        boolean relative = how.startsWith("s0");
        // Ids of the document decide the form of the next one: s001, or plain numbers.
        SignIDProvider ids =
                relative ? new StandFormatAtomicSignID() : new NumberFormatAtomicSignID();
        try (OFDReader reader = new OFDReader(Paths.get(words[2]));
                OFDSigner signer = new OFDSigner(reader, Paths.get(words[3]), ids)) {
            signer.setSignContainer(container(words[1], key, certificate, words[6]));
            signer.setSignMode(
                    how.equals("lock") ? SignMode.WholeProtected : SignMode.ContinueSign);
            if (relative) {
                signer.setRelative(how);
            }
            if (words[1].startsWith("v") && how.equals("seam")) {
                signer.addApPos(new RidingStampPos(Side.Right, 40, 40));
            } else if (words[1].startsWith("v")) {
                signer.addApPos(new NormalStampPos(1, 50, 50, 40, 40));
                if (how.equals("many")) {
                    signer.addApPos(new NormalStampPos(2, 20, 90, 40, 40));
                }
            }
            signer.exeSign();
        }
        return "true";
    }

    private static ExtendSignatureContainer container(
            String kind, PrivateKey key, Certificate certificate, String seal) throws Exception {
        switch (kind) {
            case "v1":
                return new SESV1Container(key,
                        org.ofdrw.gm.ses.v1.SESeal.getInstance(Files.readAllBytes(Paths.get(seal))),
                        certificate);
            case "v4":
                return new SESV4Container(key,
                        org.ofdrw.gm.ses.v4.SESeal.getInstance(Files.readAllBytes(Paths.get(seal))),
                        certificate);
            case "cms":
                return new GBT35275DSContainer(certificate, key);
            default:
                return new GBT35275PKCS9DSContainer(certificate, key);
        }
    }
}
