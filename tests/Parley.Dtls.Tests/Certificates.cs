namespace Parley.Dtls.Tests;

/// <summary>Certificates made once for the whole run: RSA keys are slow to make.</summary>
internal static class Certificates
{
    public static DtlsCertificate Alice { get; } = DtlsCertificate.Create();

    public static DtlsCertificate Bob { get; } = DtlsCertificate.Create();

    public static DtlsCertificate Rsa { get; } =
        DtlsCertificate.Create(new DtlsCertificateOptions { KeyAlgorithm = DtlsKeyAlgorithm.Rsa2048 });
}
