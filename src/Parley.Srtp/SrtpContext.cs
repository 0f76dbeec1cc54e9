using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Parley.Srtp;

/// <summary>
/// SRTP and SRTCP for one direction of one connection (RFC 3711, RFC 7714): all sources under one master key, each with its
/// roll-over counter and replay windows. Works in place, allocates only for a source's first packet, and is called from the
/// connection's loop only.
/// </summary>
/// <remarks>
/// Commands: <see cref="ProtectRtp"/> and <see cref="ProtectRtcp"/> on the outbound context, <see cref="TryUnprotectRtp"/> and
/// <see cref="TryUnprotectRtcp"/> on the inbound one, <see cref="Protect"/> and <see cref="Unprotect"/> for several packets at once,
/// <see cref="Reserve"/> for a source that a description names, <see cref="Remove"/> when a source has left for good. One context must
/// not serve both directions: that would use each key stream twice.
/// </remarks>
public sealed partial class SrtpContext : IDisposable
{
    private readonly Transform _transform;
    private readonly ILogger _logger;
    private readonly long[] _errors = new long[(int)SrtpError.KeyExhausted + 1];
    private readonly int _rtpTagLength;
    private readonly int _rtcpOverhead;
    private long _rtpLeft = Source.MaxRtpIndex + 1;
    private long _rtcpLeft = Source.MaxRtcpIndex + 1;
    private bool _disposed;

    /// <summary>Derives the session keys; keeps no copy of the arguments.</summary>
    /// <param name="profile">The negotiated profile.</param>
    /// <param name="masterKey">As long as the profile's <c>KeyLength</c>.</param>
    /// <param name="masterSalt">As long as the profile's <c>SaltLength</c>.</param>
    /// <param name="logger">Hears when a limit is reached.</param>
    /// <exception cref="ArgumentOutOfRangeException">The profile is not supported.</exception>
    /// <exception cref="ArgumentException">The key or the salt has another length.</exception>
    public SrtpContext(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, ILogger? logger = null)
    {
        if (masterKey.Length != profile.KeyLength || masterSalt.Length != profile.SaltLength)
        {
            throw new ArgumentException("The master key or salt has not the length that the profile asks for.");
        }

        Profile = profile;
        _logger = logger ?? NullLogger.Instance;
        _rtpTagLength = profile.RtpTagLength;
        _rtcpOverhead = profile.RtcpTagLength + 4;
        _transform = profile.IsAead
            ? AeadTransform.Derive(masterKey, masterSalt)
            : new CounterModeTransform(masterKey, masterSalt, _rtpTagLength);
    }

    /// <summary>Both directions from what DTLS exported under the label "EXTRACTOR-dtls_srtp" (RFC 5764 §4.2).</summary>
    /// <param name="profile">The negotiated profile.</param>
    /// <param name="keyingMaterial">As long as the profile's <c>KeyingMaterialLength</c>.</param>
    /// <param name="isClient">Whether this side is the DTLS client.</param>
    /// <param name="logger">Hears when a limit is reached.</param>
    /// <exception cref="ArgumentOutOfRangeException">The profile is not supported.</exception>
    /// <exception cref="ArgumentException">The material has another length.</exception>
    public static (SrtpContext Outbound, SrtpContext Inbound) FromKeyingMaterial(
        SrtpProfile profile, ReadOnlySpan<byte> keyingMaterial, bool isClient, ILogger? logger = null)
    {
        if (keyingMaterial.Length != profile.KeyingMaterialLength)
        {
            throw new ArgumentException("The keying material has not the length that the profile asks for.", nameof(keyingMaterial));
        }

        // client key, server key, client salt, server salt; each side writes with its own.
        var (key, salt) = (profile.KeyLength, profile.SaltLength);
        var client = new SrtpContext(profile, keyingMaterial[..key], keyingMaterial.Slice(2 * key, salt), logger);
        var server = new SrtpContext(profile, keyingMaterial.Slice(key, key), keyingMaterial.Slice(2 * key + salt, salt), logger);
        return isClient ? (client, server) : (server, client);
    }

    /// <summary>The negotiated profile.</summary>
    public SrtpProfile Profile { get; }

    /// <summary>How many bytes of room behind a packet suffice for any protection.</summary>
    public int MaxOverhead => _rtcpOverhead;

    /// <summary>Packets protected or accepted so far.</summary>
    public long PacketCount { get; private set; }

    /// <summary>How often that error was answered so far.</summary>
    public long ErrorCount(SrtpError error) => (uint)error < (uint)_errors.Length ? _errors[(int)error] : 0;

    /// <summary>Encrypts and authenticates an RTP packet in place.</summary>
    /// <param name="buffer">The packet, and room for the tag behind it.</param>
    /// <param name="length">The packet's length in bytes.</param>
    /// <returns>The protected packet's length; 0 when there is no protecting it (malformed, too many sources, the key is exhausted): it
    /// must not be sent. <see cref="ErrorCount"/> has counted why.</returns>
    /// <remarks>
    /// A sequence number may come again, to send the same packet once more as itself; with any other content it would use a key
    /// stream twice, which gives both packets away. The roll-over counter follows by itself as long as a packet is less than
    /// 2¹⁵ behind the newest.
    /// </remarks>
    /// <exception cref="ArgumentException">The buffer has too little room.</exception>
    public int ProtectRtp(Span<byte> buffer, int length)
    {
        CheckRoom(buffer, length, _rtpTagLength);
        var error = Admit(buffer[..length], out var header, out var index);
        if (error != SrtpError.None)
        {
            return Refuse(error);
        }

        _transform.SealRtp(buffer, header.Length, length, header.Ssrc, index);
        return length + _rtpTagLength;
    }

    /// <summary>Encrypts and authenticates a compound RTCP packet in place.</summary>
    /// <param name="buffer">The packet, and room for tag and index behind it.</param>
    /// <param name="length">The packet's length in bytes.</param>
    /// <returns>The protected packet's length; 0 when there is no protecting it, as <see cref="ProtectRtp"/> says.</returns>
    /// <exception cref="ArgumentException">The buffer has too little room.</exception>
    public int ProtectRtcp(Span<byte> buffer, int length) => ProtectCompound(buffer, length, out _);

    private int ProtectCompound(Span<byte> buffer, int length, out SrtpError error)
    {
        CheckRoom(buffer, length, _rtcpOverhead);
        error = RtcpHeader.Parse(buffer[..length], out var ssrc);
        if (error != SrtpError.None)
        {
            return Refuse(error);
        }

        var source = Find(ssrc);
        if (_rtcpLeft == 0 || source?.NextRtcp > Source.MaxRtcpIndex)
        {
            return Refuse(error = SrtpError.KeyExhausted);
        }

        if (source is null && !TryAdd(ssrc, out source))
        {
            return Refuse(error = SrtpError.TooManySources);
        }

        _rtcpLeft--;
        _transform.SealRtcp(buffer, length, ssrc, source.NextRtcp++);
        PacketCount++;
        return length + _rtcpOverhead;
    }

    /// <summary>Checks and decrypts an RTP packet in place.</summary>
    /// <param name="packet">The packet as it came; when it is refused its bytes are of no use any more.</param>
    /// <param name="length">The RTP packet's length, at the start of <paramref name="packet"/>; 0 when it is refused.</param>
    /// <param name="error">Why it is refused.</param>
    /// <returns>Whether it is authentic and new.</returns>
    public bool TryUnprotectRtp(Span<byte> packet, out int length, out SrtpError error)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        length = packet.Length - _rtpTagLength;
        RtpHeader header = default;
        error = length < 0 ? SrtpError.TooShort : RtpHeader.Parse(packet[..length], out header);
        if (error != SrtpError.None)
        {
            return Drop(error, out length);
        }

        error = Check(header, out var source, out var index);
        if (error == SrtpError.None && !_transform.TryOpenRtp(packet, header.Length, header.Ssrc, index))
        {
            error = SrtpError.AuthenticationFailed;
        }

        if (error != SrtpError.None)
        {
            return Drop(error, out length);
        }

        return TryAccept(header.Ssrc, source, index, out error) || Drop(error, out length);
    }

    /// <summary>Checks and decrypts a compound RTCP packet in place.</summary>
    /// <param name="packet">The packet as it came; when it is refused its bytes are of no use any more.</param>
    /// <param name="length">The RTCP packet's length, at the start of <paramref name="packet"/>; 0 when it is refused.</param>
    /// <param name="error">Why it is refused.</param>
    /// <returns>Whether it is authentic and new.</returns>
    public bool TryUnprotectRtcp(Span<byte> packet, out int length, out SrtpError error)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        length = packet.Length - _rtcpOverhead;
        var ssrc = 0u;
        error = length < 0 ? SrtpError.TooShort : RtcpHeader.Parse(packet[..length], out ssrc);
        if (error != SrtpError.None)
        {
            return Drop(error, out length);
        }

        var word = BinaryPrimitives.ReadUInt32BigEndian(packet[_transform.RtcpIndexOffset(packet.Length)..]);
        var index = word & 0x7FFFFFFF;
        var source = Find(ssrc);
        if ((word & 0x80000000) == 0)
        {
            error = SrtpError.NotEncrypted;
        }
        else if (source is not null)
        {
            error = source.Rtcp.Check(index);
        }
        else
        {
            error = CanAdmit ? CheckDeparted(ssrc, isRtcp: true, index) : SrtpError.TooManySources;
        }

        if (error == SrtpError.None && !_transform.TryOpenRtcp(packet, ssrc, index))
        {
            error = SrtpError.AuthenticationFailed;
        }

        if (error != SrtpError.None)
        {
            return Drop(error, out length);
        }

        if (source is null && !TryAdmit(ssrc, out source))
        {
            return Drop(error = SrtpError.TooManySources, out length);
        }

        source.Rtcp.Accept(index);
        source.LastHeardAt = Now;
        PacketCount++;
        return true;
    }

    /// <summary>Wipes the keys.</summary>
    public void Dispose()
    {
        _disposed = true;
        _transform.Dispose();
    }

    /// <summary>Puts a source where long use would have brought it.</summary>
    internal void Restore(uint ssrc, long highestRtp, long nextRtcp)
    {
        var source = Find(ssrc) ?? Add(ssrc);
        source.HighestSentRtp = highestRtp;
        source.NextRtcp = nextRtcp;
        source.Rtp.Accept(highestRtp);
    }

    /// <summary>Whether an RTP packet may be protected now, and under which index; that index counts as used then.</summary>
    private SrtpError Admit(ReadOnlySpan<byte> packet, out RtpHeader header, out long index)
    {
        index = 0;
        var error = RtpHeader.Parse(packet, out header);
        if (error != SrtpError.None)
        {
            return error;
        }

        var source = Find(header.Ssrc);
        var highest = source?.HighestSentRtp ?? -1;
        index = Source.EstimateRtpIndex(highest, header.SequenceNumber);
        if (index < 0)
        {
            return SrtpError.TooOld;
        }

        if (index > Source.MaxRtpIndex || _rtpLeft == 0)
        {
            return SrtpError.KeyExhausted;
        }

        if (source is null && !TryAdd(header.Ssrc, out source))
        {
            return SrtpError.TooManySources;
        }

        source.HighestSentRtp = Math.Max(highest, index);
        _rtpLeft--;
        PacketCount++;
        return SrtpError.None;
    }

    /// <summary>Whether a received RTP packet may be tried: its source, if it is known, and its index.</summary>
    private SrtpError Check(in RtpHeader header, out Source? source, out long index)
    {
        source = Find(header.Ssrc);
        var highest = source?.Rtp.Highest ?? HighestOfDeparted(header.Ssrc);
        index = Source.EstimateRtpIndex(highest, header.SequenceNumber);
        if (source is null && !CanAdmit)
        {
            return SrtpError.TooManySources;
        }

        if (index < 0)
        {
            return SrtpError.TooOld;
        }

        if (index > Source.MaxRtpIndex)
        {
            return SrtpError.KeyExhausted;
        }

        return source is null ? CheckDeparted(header.Ssrc, isRtcp: false, index) : source.Rtp.Check(index);
    }

    // Only what proved authentic makes or moves state (RFC 3711 §3.3 steps 6 to 8).
    private bool TryAccept(uint ssrc, Source? source, long index, out SrtpError error)
    {
        if (source is null && !TryAdmit(ssrc, out source))
        {
            error = SrtpError.TooManySources;
            return false;
        }

        source.Rtp.Accept(index);
        source.LastHeardAt = Now;
        PacketCount++;
        error = SrtpError.None;
        return true;
    }

    private void CheckRoom(Span<byte> buffer, int length, int overhead)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (length < 0 || length > buffer.Length - overhead)
        {
            throw new ArgumentException("The buffer has no room for the packet and its tag.", nameof(buffer));
        }
    }

    private int Refuse(SrtpError error)
    {
        Drop(error, out _);
        return 0;
    }

    private bool Drop(SrtpError error, out int length)
    {
        length = 0;
        var first = _errors[(int)error]++ == 0;
        if (first && error == SrtpError.TooManySources)
        {
            Log.SourceLimitReached(_logger, MaxSources);
        }
        else if (first && error == SrtpError.KeyExhausted)
        {
            Log.KeyExhausted(_logger);
        }

        return false;
    }
}
