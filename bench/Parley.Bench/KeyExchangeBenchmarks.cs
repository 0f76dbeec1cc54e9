using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Parley.Ciphers;

namespace Parley.Bench;

/// <summary>
/// What one end of a DTLS handshake pays for its key exchange: an ephemeral key with its public half, and the agreement with the peer's.
/// </summary>
[MemoryDiagnoser, MinColumn, MedianColumn]
public class KeyExchangeBenchmarks
{
    private readonly byte[] _private = RandomNumberGenerator.GetBytes(X25519.KeyLength);
    private readonly byte[] _peer = new byte[X25519.KeyLength];
    private readonly byte[] _output = new byte[X25519.KeyLength];
    private ECDiffieHellman _platform = null!;
    private ECPoint _peerPoint;

    [GlobalSetup]
    public void Setup()
    {
        X25519.ComputePublicKey(RandomNumberGenerator.GetBytes(X25519.KeyLength), _peer);
        _platform = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var peer = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        _peerPoint = peer.ExportParameters(includePrivateParameters: false).Q;
    }

    [Benchmark(Baseline = true)]
    public void PlatformP256Key()
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        key.ExportParameters(includePrivateParameters: false);
    }

    [Benchmark]
    public void PlatformP256Agreement()
    {
        using var peer = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = _peerPoint });
        using var peerPublic = peer.PublicKey;
        _platform.DeriveRawSecretAgreement(peerPublic);
    }

    [Benchmark]
    public void X25519Key()
    {
        RandomNumberGenerator.Fill(_private);
        X25519.ComputePublicKey(_private, _output);
    }

    [Benchmark]
    public bool X25519Agreement() => X25519.TryAgree(_private, _peer, _output);
}
