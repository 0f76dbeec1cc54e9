using Parley.Dtls.Wire;
using Parley.Net;

namespace Parley.Dtls;

/// <summary>One ephemeral ECDH key on a named group (RFC 8422 §5.10), used once.</summary>
internal abstract class KeyExchange(NamedGroup group) : IDisposable
{
    // In the order of preference.
    public static ReadOnlySpan<NamedGroup> Supported => [NamedGroup.X25519, NamedGroup.Secp256r1, NamedGroup.Secp384r1];

    public NamedGroup Group { get; } = group;

    /// <summary>The public key as it stands in the messages (RFC 8422 §5.4): an uncompressed point, or for x25519 its u alone.</summary>
    public abstract byte[] Public { get; }

    /// <summary>Makes a key.</summary>
    /// <param name="group">One of <see cref="Supported"/>.</param>
    /// <param name="random">Where keys of x25519 come from; the platform draws its own.</param>
    public static KeyExchange Create(NamedGroup group, RandomSource random) =>
        group == NamedGroup.X25519 ? new X25519KeyExchange(random) : new NistKeyExchange(group);

    /// <summary>The premaster secret; null when the peer's key is none of the group, or one that RFC 8422 §5.11 has us refuse.</summary>
    public abstract byte[]? Agree(ReadOnlySpan<byte> peer);

    public abstract void Dispose();
}
