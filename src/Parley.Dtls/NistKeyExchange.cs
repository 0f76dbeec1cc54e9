using System.Security.Cryptography;
using Parley.Dtls.Wire;

namespace Parley.Dtls;

/// <summary>A key on secp256r1 or secp384r1, by the platform.</summary>
internal sealed class NistKeyExchange : KeyExchange
{
    private readonly ECDiffieHellman _key;
    private readonly ECCurve _curve;
    private readonly int _fieldSize;

    public NistKeyExchange(NamedGroup group)
        : base(group)
    {
        (_curve, _fieldSize) = group == NamedGroup.Secp384r1
            ? (ECCurve.NamedCurves.nistP384, 48)
            : (ECCurve.NamedCurves.nistP256, 32);
        _key = ECDiffieHellman.Create(_curve);
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        Public = new byte[1 + 2 * _fieldSize];
        Public[0] = 4;
        point.X!.CopyTo(Public, 1);
        point.Y!.CopyTo(Public, 1 + _fieldSize);
    }

    public override byte[] Public { get; }

    /// <summary>The x-coordinate of the shared point; null when the peer's point is not one of the curve.</summary>
    public override byte[]? Agree(ReadOnlySpan<byte> peer)
    {
        if (peer.Length != 1 + 2 * _fieldSize || peer[0] != 4)
        {
            return null;
        }

        try
        {
            using var other = ECDiffieHellman.Create(new ECParameters
            {
                Curve = _curve,
                Q = { X = peer.Slice(1, _fieldSize).ToArray(), Y = peer[(1 + _fieldSize)..].ToArray() },
            });
            using var otherPublic = other.PublicKey;
            return _key.DeriveRawSecretAgreement(otherPublic);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public override void Dispose() => _key.Dispose();
}
