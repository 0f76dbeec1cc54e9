using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Parley.Dtls.OpenSsl;
using Parley.Dtls.Wire;

namespace Parley.Dtls.Tests;

/// <summary>The keys that libcrypto is asked for directly, against the framework's own.</summary>
public class P256KeyTests
{
    private const string NeedsOpenSsl = "no OpenSSL 3 on this platform";

    private static readonly byte[] s_hash = SHA256.HashData("signed"u8);

    [Fact]
    public void IsSupported_WhereTheFrameworkUsesOpenSsl3() =>
        Assert.Equal(
            OperatingSystem.IsLinux() && SafeEvpPKeyHandle.OpenSslVersion is >= 0x3000_0000 and < 0x4000_0000 && NativeLibrary.TryLoad("libcrypto.so.3", out _),
            P256Key.IsSupported);

    [Fact]
    public void Sign_WithEveryHashOfTls_IsVerifiedByTheFramework()
    {
        Assert.SkipUnless(P256Key.IsSupported, NeedsOpenSsl);
        using var key = P256Key.Generate();
        using var framework = Public(key);
        foreach (var size in new[] { SHA256.HashSizeInBytes, SHA384.HashSizeInBytes })
        {
            var hash = RandomNumberGenerator.GetBytes(size);
            var signature = key.Sign(hash);
            Assert.True(framework.VerifyHash(hash, signature, DSASignatureFormat.Rfc3279DerSequence));
            Assert.True(key.Verify(hash, signature));
            hash[0] ^= 1;
            Assert.False(key.Verify(hash, signature));
        }
    }

    [Fact]
    public void Verify_WhatTheFrameworkSigned_HoldsForThatHashAndSignatureAlone()
    {
        Assert.SkipUnless(P256Key.IsSupported, NeedsOpenSsl);
        using var framework = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = P256Key.TryImport(PointOf(framework));
        Assert.NotNull(key);
        var signature = framework.SignHash(s_hash, DSASignatureFormat.Rfc3279DerSequence);
        Assert.True(key.Verify(s_hash, signature));
        for (var bit = 0; bit < signature.Length * 8; bit++)
        {
            var broken = signature.ToArray();
            broken[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(key.Verify(s_hash, broken), $"bit {bit}");
        }

        // Neither shorter nor longer, nor of a zero (which a careless verifier takes for anything), nor by another key.
        Assert.False(key.Verify(s_hash, []));
        Assert.False(key.Verify(s_hash, signature[..^1]));
        Assert.False(key.Verify(s_hash, [.. signature, 0]));
        Assert.False(key.Verify(s_hash, Convert.FromHexString("3006020100020100")));
        Assert.False(key.Verify(s_hash, Convert.FromHexString("3006020101020100")));
        using var other = P256Key.Generate();
        Assert.False(other.Verify(s_hash, signature));
    }

    [Fact]
    public void TryImport_NoPointOfTheCurve_IsNull()
    {
        Assert.SkipUnless(P256Key.IsSupported, NeedsOpenSsl);
        using var framework = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = PointOf(framework);
        Assert.Null(P256Key.TryImport([]));
        Assert.Null(P256Key.TryImport([0]));
        Assert.Null(P256Key.TryImport(point.AsSpan(..^1)));
        Assert.Null(P256Key.TryImport([.. point, 0]));
        Assert.Null(P256Key.TryImport([2, .. point.AsSpan(1, 32)]));
        Assert.Null(P256Key.TryImport([6, .. point.AsSpan(1)]));
        Assert.Null(P256Key.TryImport([4, .. new byte[64]]));

        // Beside the curve, and with a coordinate that the field's prime was added to.
        point[^1] ^= 1;
        Assert.Null(P256Key.TryImport(point));
        Assert.Null(P256Key.TryImport([4, .. Enumerable.Repeat((byte)0xFF, 64)]));
    }

    [Fact]
    public async Task Sign_OnManyThreadsAtOnce_IsAlwaysRight()
    {
        Assert.SkipUnless(P256Key.IsSupported, NeedsOpenSsl);
        using var key = P256Key.Generate();
        using var framework = Public(key);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                Assert.True(framework.VerifyHash(s_hash, key.Sign(s_hash), DSASignatureFormat.Rfc3279DerSequence));
            }
        })));
    }

    [Fact]
    public void Sign_AfterDispose_Throws()
    {
        Assert.SkipUnless(P256Key.IsSupported, NeedsOpenSsl);
        var key = P256Key.Generate();
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Sign(s_hash));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Certificate_OfEitherKind_IsReadVerifiedAndExportedAlike(bool direct)
    {
        Assert.SkipUnless(!direct || P256Key.IsSupported, NeedsOpenSsl);
        using var certificate = DtlsCertificate.Create(null, null, direct);
        var signature = certificate.Sign("signed"u8, SignatureScheme.EcdsaSha256);
        foreach (var readDirectly in new[] { false, P256Key.IsSupported })
        {
            using var key = PeerPublicKey.TryParse(certificate.Der.Span, readDirectly);
            Assert.NotNull(key);
            Assert.True(key.IsEcdsa);
            Assert.True(key.Verify(SignatureScheme.EcdsaSha256, "signed"u8, signature));
            Assert.False(key.Verify(SignatureScheme.EcdsaSha256, "signeD"u8, signature));
            Assert.False(key.Verify(SignatureScheme.EcdsaSha384, "signed"u8, signature));
            Assert.False(key.Verify(SignatureScheme.RsaPssSha256, "signed"u8, signature));
        }

        using var copy = DtlsCertificate.FromPem(certificate.ToPem());
        Assert.Equal(certificate.Der.Span, copy.Der.Span);
        using var public1 = PeerPublicKey.TryParse(certificate.Der.Span);
        Assert.True(public1!.Verify(SignatureScheme.EcdsaSha384, "again"u8, copy.Sign("again"u8, SignatureScheme.EcdsaSha384)));
    }

    private static byte[] PointOf(ECDsa key)
    {
        var q = key.ExportParameters(includePrivateParameters: false).Q;
        return [4, .. q.X!, .. q.Y!];
    }

    private static ECDsa Public(P256Key key)
    {
        var framework = ECDsa.Create();
        framework.ImportSubjectPublicKeyInfo(key.ExportKeyInfo(), out _);
        return framework;
    }
}
