using Parley.Dtls;

namespace Parley.Transport.Tests;

/// <summary>Certificates made once: their cost is not what these tests are about.</summary>
internal static class Certificates
{
    public static DtlsCertificate Left { get; } = DtlsCertificate.Create(new DtlsCertificateOptions { Lifetime = TimeSpan.FromDays(365) });

    public static DtlsCertificate Right { get; } = DtlsCertificate.Create(new DtlsCertificateOptions { Lifetime = TimeSpan.FromDays(365) });

    public static DtlsCertificate Other { get; } = DtlsCertificate.Create(new DtlsCertificateOptions { Lifetime = TimeSpan.FromDays(365) });
}
