using System.Security.Cryptography;
using Parley.Ciphers;
using Parley.Dtls.Wire;
using Parley.Net;

namespace Parley.Dtls;

/// <summary>A key on curve25519 (RFC 7748 §6.1).</summary>
internal sealed class X25519KeyExchange : KeyExchange
{
    private readonly byte[] _private = new byte[X25519.KeyLength];

    public X25519KeyExchange(RandomSource random)
        : base(NamedGroup.X25519)
    {
        random.Fill(_private);
        X25519.ComputePublicKey(_private, Public);
    }

    public override byte[] Public { get; } = new byte[X25519.KeyLength];

    /// <summary>The u-coordinate of the shared point. RFC 8422 §5.11: the all-zero value is refused.</summary>
    public override byte[]? Agree(ReadOnlySpan<byte> peer)
    {
        var secret = new byte[X25519.KeyLength];
        return peer.Length == X25519.KeyLength && X25519.TryAgree(_private, peer, secret) ? secret : null;
    }

    public override void Dispose() => CryptographicOperations.ZeroMemory(_private);
}
