using Parley.Dtls;
using Parley.Net;

namespace Parley.Tests.Configuration;

public class CertificateStockTests
{
    [Fact]
    public void Take_ByManyAtOnce_GivesEachItsOwn()
    {
        var taken = new DtlsCertificate[200];
        Parallel.For(0, taken.Length, i => taken[i] = CertificateStock.Take(Platform.Default));

        Assert.Equal(taken.Length, taken.Select(certificate => certificate.Fingerprints[0]).Distinct().Count());
        Assert.Equal(taken.Length, taken.Select(certificate => certificate.ToPrivateKeyPem()).Distinct().Count());
        Assert.All(taken, certificate =>
            Assert.InRange(certificate.Expires - TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(29), TimeSpan.FromDays(30)));
    }

    [Fact]
    public void Take_ByAnotherClock_CountsFromIt()
    {
        var clock = new StandingClock();
        using var certificate = CertificateStock.Take(Platform.Default with { TimeProvider = clock });

        Assert.Equal(clock.GetUtcNow() + TimeSpan.FromDays(30), certificate.Expires);
    }

    private sealed class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2031, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }
}
