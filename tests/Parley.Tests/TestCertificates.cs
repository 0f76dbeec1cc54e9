using Parley.Dtls;

namespace Parley.Tests;

/// <summary>Certificates made once: their cost is not what these tests are about.</summary>
internal static class TestCertificates
{
    public static DtlsCertificate Alice { get; } = DtlsCertificate.Create(new DtlsCertificateOptions { Lifetime = TimeSpan.FromDays(365) });

    public static DtlsCertificate Bob { get; } = DtlsCertificate.Create(new DtlsCertificateOptions { Lifetime = TimeSpan.FromDays(365) });

    public static DtlsCertificate Carol { get; } = DtlsCertificate.Create(new DtlsCertificateOptions { Lifetime = TimeSpan.FromDays(365) });
}
