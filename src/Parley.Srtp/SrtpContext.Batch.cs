using System.Runtime.CompilerServices;
using Parley.Ciphers;

namespace Parley.Srtp;

/// <content>Several packets at once. The outcome is that of one after the other; HMAC-SHA1 takes up to sixteen packets side by
/// side.</content>
public sealed partial class SrtpContext
{
    /// <summary>How many packets are authenticated in one go.</summary>
    private const int GoLength = 32;

    /// <summary>Encrypts and authenticates packets in place, RTP and RTCP (RFC 5761 §4 tells them apart), in their order.</summary>
    /// <param name="buffer">Where they lie, each with room behind it for what it grows by: the profile's <c>RtpTagLength</c>, or
    /// <see cref="MaxOverhead"/>.</param>
    /// <param name="packets">The packets; afterwards their new lengths, 0 for those that must not be sent.</param>
    /// <exception cref="ArgumentException">A packet with its room does not lie in the buffer.</exception>
    public void Protect(Span<byte> buffer, Span<SrtpPacket> packets)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        while (!packets.IsEmpty)
        {
            var count = Math.Min(packets.Length, GoLength);
            ProtectGo(buffer, packets[..count]);
            packets = packets[count..];
        }
    }

    /// <summary>Checks and decrypts packets in place, RTP and RTCP, in their order.</summary>
    /// <param name="buffer">Where they lie; none overlaps another.</param>
    /// <param name="packets">The packets; afterwards the lengths of what was in them, 0 for those that are refused.</param>
    /// <exception cref="ArgumentException">A packet does not lie in the buffer.</exception>
    public void Unprotect(Span<byte> buffer, Span<SrtpPacket> packets)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        while (!packets.IsEmpty)
        {
            var count = Math.Min(packets.Length, GoLength);
            UnprotectGo(buffer, packets[..count]);
            packets = packets[count..];
        }
    }

    private static bool IsRtcp(ReadOnlySpan<byte> packet) => packet.Length >= 2 && packet[1] is >= 192 and <= 223;

    [SkipLocalsInit]
    private void ProtectGo(Span<byte> buffer, Span<SrtpPacket> packets)
    {
        var parts = _transform as CounterModeTransform;
        Span<MessageRange> ranges = stackalloc MessageRange[GoLength];
        var count = 0;
        for (var i = 0; i < packets.Length; i++)
        {
            ref var packet = ref packets[i];
            var length = packet.Length;
            var isRtcp = IsRtcp(buffer.Slice(packet.Offset, length));
            var room = buffer.Slice(packet.Offset, length + (isRtcp ? _rtcpOverhead : _rtpTagLength));
            packet.Error = SrtpError.None;
            if (isRtcp)
            {
                packet.Length = ProtectCompound(room, length, out packet.Error);
                continue;
            }

            packet.Error = Admit(room[..length], out var header, out var index);
            if (packet.Error != SrtpError.None)
            {
                packet.Length = Refuse(packet.Error);
                continue;
            }

            packet.Length = length + _rtpTagLength;
            if (parts is null)
            {
                _transform.SealRtp(room, header.Length, length, header.Ssrc, index);
                continue;
            }

            parts.EncryptRtp(room, header.Length, length, header.Ssrc, index);
            ranges[count++] = new MessageRange(packet.Offset, length + CounterModeTransform.RollOverCounterLength);
        }

        if (count > 0)
        {
            Span<byte> hashes = stackalloc byte[GoLength * HmacSha1.HashLength];
            parts!.Hash(buffer, ranges[..count], hashes);
            for (var i = 0; i < count; i++)
            {
                var tagAt = ranges[i].Offset + ranges[i].Length - CounterModeTransform.RollOverCounterLength;
                hashes.Slice(i * HmacSha1.HashLength, _rtpTagLength).CopyTo(buffer[tagAt..]);
            }
        }
    }

    private void UnprotectGo(Span<byte> buffer, Span<SrtpPacket> packets)
    {
        if (_transform is CounterModeTransform parts && packets.Length > 1)
        {
            UnprotectTogether(parts, buffer, packets);
            return;
        }

        foreach (ref var packet in packets)
        {
            UnprotectOne(buffer, ref packet);
        }
    }

    private void UnprotectOne(Span<byte> buffer, ref SrtpPacket packet)
    {
        var bytes = buffer.Slice(packet.Offset, packet.Length);
        _ = IsRtcp(bytes)
            ? TryUnprotectRtcp(bytes, out packet.Length, out packet.Error)
            : TryUnprotectRtp(bytes, out packet.Length, out packet.Error);
    }

    /// <summary>
    /// Guesses the index of each packet of a known source, hashes all of them by these, and takes them one after the other: where the
    /// packets before have changed what the index must be, the guess is worth nothing.
    /// </summary>
    [SkipLocalsInit]
    private void UnprotectTogether(CounterModeTransform parts, Span<byte> buffer, Span<SrtpPacket> packets)
    {
        Span<MessageRange> ranges = stackalloc MessageRange[GoLength];
        Span<long> guesses = stackalloc long[GoLength];
        Span<byte> tags = stackalloc byte[GoLength * HmacSha1.HashLength];
        Span<byte> hashes = stackalloc byte[GoLength * HmacSha1.HashLength];
        var count = 0;
        for (var i = 0; i < packets.Length; i++)
        {
            var bytes = buffer.Slice(packets[i].Offset, packets[i].Length);
            guesses[i] = -1;
            if (!IsRtcp(bytes)
                && bytes.Length >= _rtpTagLength
                && RtpHeader.Parse(bytes[..^_rtpTagLength], out var header) == SrtpError.None
                && Check(header, out var source, out var index) == SrtpError.None && source is not null)
            {
                guesses[i] = index;
                parts.TakeTag(bytes, index, tags.Slice(count * HmacSha1.HashLength, _rtpTagLength));
                ranges[count++] = new MessageRange(
                    packets[i].Offset, bytes.Length - _rtpTagLength + CounterModeTransform.RollOverCounterLength);
            }
        }

        parts.Hash(buffer, ranges[..count], hashes);
        var next = 0;
        for (var i = 0; i < packets.Length; i++)
        {
            ref var packet = ref packets[i];
            if (guesses[i] < 0)
            {
                UnprotectOne(buffer, ref packet);
                continue;
            }

            var at = next++ * HmacSha1.HashLength;
            var bytes = buffer.Slice(packet.Offset, packet.Length);
            var tag = tags.Slice(at, _rtpTagLength);
            RtpHeader.Parse(bytes[..^_rtpTagLength], out var header);
            packet.Error = Check(header, out var source, out var index);
            if (packet.Error == SrtpError.None && index != guesses[i])
            {
                tag.CopyTo(bytes[^_rtpTagLength..]);
                UnprotectOne(buffer, ref packet);
                continue;
            }

            if (packet.Error == SrtpError.None
                && !parts.TryDecryptRtp(bytes, header.Length, header.Ssrc, index, tag, hashes.Slice(at, HmacSha1.HashLength)))
            {
                packet.Error = SrtpError.AuthenticationFailed;
            }

            if (packet.Error != SrtpError.None || !TryAccept(header.Ssrc, source, index, out packet.Error))
            {
                Drop(packet.Error, out packet.Length);
                continue;
            }

            packet.Length = bytes.Length - _rtpTagLength;
        }
    }
}
