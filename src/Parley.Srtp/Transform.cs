namespace Parley.Srtp;

/// <summary>
/// A cryptographic transform (RFC 3711 §4) under the session keys of one direction. The context has checked that headers lie
/// within packets and that buffers have room.
/// </summary>
internal abstract class Transform : IDisposable
{
    /// <summary>Encrypts the payload behind the header and writes the tag behind the packet.</summary>
    public abstract void SealRtp(Span<byte> buffer, int headerLength, int length, uint ssrc, long index);

    /// <summary>Checks and decrypts a packet, tag included. False: it is not authentic, and its bytes are of no use any more.</summary>
    public abstract bool TryOpenRtp(Span<byte> packet, int headerLength, uint ssrc, long index);

    /// <summary>Encrypts all but the first eight bytes and writes tag and index behind the packet, with the E bit.</summary>
    public abstract void SealRtcp(Span<byte> buffer, int length, uint ssrc, long index);

    /// <summary>Where in a packet the word of E bit and index stands.</summary>
    public abstract int RtcpIndexOffset(int packetLength);

    /// <summary>Checks and decrypts a packet, tag and index included.</summary>
    public abstract bool TryOpenRtcp(Span<byte> packet, uint ssrc, long index);

    /// <summary>Wipes the keys.</summary>
    public abstract void Dispose();
}
